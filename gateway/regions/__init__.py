"""The regions' connectors: a table, pure messages, and an adapter that does the only I/O."""
