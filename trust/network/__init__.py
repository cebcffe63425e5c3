"""Timestamp authorities and revocation services, asked through the one way out."""
