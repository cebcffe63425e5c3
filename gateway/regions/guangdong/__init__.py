"""The province's unified identity platform: OAuth 2 by query string."""
