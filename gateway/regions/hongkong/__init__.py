"""iAM Smart: like OAuth 2, with signed headers, encrypted bodies and callbacks."""
