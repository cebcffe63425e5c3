"""OpenID Connect and OAuth as rules: requests, checks, codes, tokens, keys. Pure."""
