"""Statements compiled once for each database and handed to its driver: a third of the time of running them anew.

A statement is written in SQLAlchemy Core with bound parameters; what runs is its text. Values pass as they are, so
this is for columns of text, integers, booleans and bytes, which both drivers take alike.
"""

from collections.abc import Callable, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from gateway.storage.direct import Direct

# the text, the order of parameters where the driver counts them, and the values that stand in the statement itself
Compiled = tuple[str, tuple[str, ...] | None, Mapping[str, object]]


class Prepared:
    """One statement. `make` builds it for the named dialect (`sqlite` or `postgresql`)."""

    def __init__(self, make: Callable[[str], sa.Executable]) -> None:
        self._make = make
        self._compiled: dict[str, Compiled] = {}

    @classmethod
    def of(cls, statement: sa.Executable) -> "Prepared":
        """A statement that is the same everywhere."""
        return cls(lambda _: statement)

    @classmethod
    def insert(cls, table: sa.Table) -> "Prepared":
        """Insert a whole row."""
        return cls.of(sa.insert(table).values({column.name: sa.bindparam(column.name) for column in table.columns}))

    @classmethod
    def insert_once(cls, table: sa.Table, *columns: str) -> "Prepared":
        """Insert a row unless its key is taken: one statement, so that of many at once exactly one wins."""
        values: dict[str, sa.BindParameter[Any]] = {name: sa.bindparam(name) for name in columns}

        def make(dialect: str) -> sa.Executable:
            insert = sqlite.insert(table) if dialect == "sqlite" else postgresql.insert(table)
            return insert.values(values).on_conflict_do_nothing()

        return cls(make)

    def changed(self, connection: sa.Connection, **values: object) -> int:
        """Run it; how many rows it made or changed."""
        cursor = self._run(connection, values)
        count: int = cursor.rowcount
        cursor.close()
        return count

    def one(self, connection: sa.Connection, **values: object) -> tuple[Any, ...] | None:
        """Run it; the first row it finds."""
        cursor = self._run(connection, values)
        row: tuple[Any, ...] | None = cursor.fetchone()
        cursor.close()
        return row

    def all(self, connection: sa.Connection, **values: object) -> list[tuple[Any, ...]]:
        """Run it; every row it finds."""
        cursor = self._run(connection, values)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        cursor.close()
        return rows

    def _run(self, connection: sa.Connection, values: Mapping[str, object]) -> Any:
        if not isinstance(connection, Direct):
            return self._run_within_sqlalchemy(connection, values)
        compiled = self._compiled.get(connection.database)
        if compiled is None:
            compiled = self._compile(connection.dialect)
        text, order, own = compiled
        if own:
            values = {**own, **values}
        try:
            return connection.driver.execute(text, values if order is None else [values[name] for name in order])
        except connection.dialect.loaded_dbapi.IntegrityError as clash:
            raise sa.exc.IntegrityError(text, None, clash) from None  # as SQLAlchemy does, without the values

    def _run_within_sqlalchemy(self, connection: sa.Connection, values: Mapping[str, object]) -> Any:
        text, order, own = self._compiled.get(connection.dialect.name) or self._compile(connection.dialect)
        if not connection.in_transaction():
            connection.begin()  # the driver begins nothing by itself; the engine knows how (BEGIN IMMEDIATE)
        values = {**own, **values}
        cursor = connection.connection.cursor()
        try:
            cursor.execute(text, values if order is None else [values[name] for name in order])
        except connection.dialect.loaded_dbapi.IntegrityError as clash:
            raise sa.exc.IntegrityError(text, None, clash) from None
        return cursor

    def _compile(self, dialect: sa.Dialect) -> Compiled:
        made: Any = self._make(dialect.name).compile(dialect=dialect)  # type: ignore[attr-defined]
        order = tuple(made.positiontup) if made.positional else None
        own = {name: value for name, value in made.params.items() if value is not None}
        compiled = self._compiled[dialect.name] = (str(made), order, own)
        return compiled
