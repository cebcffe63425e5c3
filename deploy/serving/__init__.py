"""The HTTP server: one thread that answers what is brief, and others for what has to wait."""
