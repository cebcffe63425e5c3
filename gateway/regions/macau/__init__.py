"""One Account: a standard OpenID provider, entirely configured (domain.md §2)."""
