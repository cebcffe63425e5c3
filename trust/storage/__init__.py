"""Tables and blobs of trust."""
