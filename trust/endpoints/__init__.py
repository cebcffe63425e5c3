"""The documents and verification API on plain wire values."""
