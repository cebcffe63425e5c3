"""The database's history: linear migrations, up and down, the same on SQLite and PostgreSQL."""
