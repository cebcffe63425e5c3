"""Puts the parts together: the one place that knows which database, key store and network are used."""
