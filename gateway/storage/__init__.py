"""Rows and domain values: SQLAlchemy Core, private to this folder. Instants are BIGINT epoch microseconds."""
