"""Whom each territory trusts, and until when."""
