"""Insert a row unless its key is taken: one statement, so that of two at once exactly one wins on either database."""

from collections.abc import Mapping

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite


def insert_once(connection: sa.Connection, table: sa.Table, row: Mapping[str, object]) -> bool:
    """True if the row is new; False if one with a key of it was there, and stays as it was."""
    insert: sqlite.Insert | postgresql.Insert
    insert = sqlite.insert(table) if connection.dialect.name == "sqlite" else postgresql.insert(table)
    # without this option SQLAlchemy does not ask the driver how many rows an INSERT made
    options = {"preserve_rowcount": True}
    return connection.execute(insert.values(**row).on_conflict_do_nothing(), execution_options=options).rowcount == 1
