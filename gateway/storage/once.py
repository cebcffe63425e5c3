"""Inserts that settle a clash by themselves, in each database's words: of many at once exactly one wins."""

from collections.abc import Mapping

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite


def insert(table: sa.Table, dialect: str) -> sqlite.Insert | postgresql.Insert:
    """An INSERT that can say what is to happen where a row is there already."""
    return sqlite.insert(table) if dialect == "sqlite" else postgresql.insert(table)


def insert_once(connection: sa.Connection, table: sa.Table, row: Mapping[str, object]) -> bool:
    """True if the row is new; False if one with this primary key was there, and stays as it was."""
    # without this option SQLAlchemy does not ask the driver how many rows an INSERT made
    options = {"preserve_rowcount": True}
    statement = insert(table, connection.dialect.name).values(**row).on_conflict_do_nothing()
    return connection.execute(statement, execution_options=options).rowcount == 1
