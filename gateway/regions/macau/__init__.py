"""One Account: a standard OpenID provider, entirely configured."""
