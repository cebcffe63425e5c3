"""Statements compiled once for each database and handed to its driver: a third of the time of running them anew.

A statement is written in SQLAlchemy Core with bound parameters; what runs is its text. Values pass as they are, so
this is for columns of text, integers, booleans and bytes, which both drivers take alike.
"""

import hashlib
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql import visitors
from sqlalchemy.sql.functions import GenericFunction, next_value

from gateway.storage import once
from gateway.storage.channel import Otherwise, Row, Statement
from gateway.storage.direct import Direct
from gateway.storage.metadata import FLEETING

PARAMETERS = {"sqlite": "named", "postgresql": "numeric_dollar"}  # as the database itself names or counts them


class Prepared:
    """One statement. `make` builds it for the named dialect (`sqlite` or `postgresql`).

    `or_fail`: it fails at the server if it changed and made nothing, and so does all behind it, the commit too.
    """

    def __init__(self, make: Callable[[str], sa.Executable], *, or_fail: bool = False) -> None:
        self._make = make
        self._or_fail = or_fail
        self._compiled: dict[str, Statement] = {}
        self._insisting: Prepared | None = None

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
            return once.insert(table, dialect).values(values).on_conflict_do_nothing()

        return cls(make)

    def write(self, connection: sa.Connection, **values: object) -> None:
        """Run it, by the commit at the latest: over a server that saves a journey. Nobody asks what came of it."""
        if isinstance(connection, Direct):
            connection.channel.write(self._for(connection), values)
        else:
            self._within_sqlalchemy(connection, values)

    def changed(self, connection: sa.Connection, **values: object) -> int:
        """Run it; how many rows it made or changed."""
        if isinstance(connection, Direct):
            return connection.channel.changed(self._for(connection), values)
        return self._within_sqlalchemy(connection, values).rowcount

    def insist(self, connection: sa.Connection, otherwise: Otherwise, **values: object) -> None:
        """Run it, by the commit at the latest. Raises what `otherwise` makes if it changed and made nothing; nothing is
        kept then, as whoever insists goes on as if it had."""
        if not isinstance(connection, Direct):
            if self._within_sqlalchemy(connection, values).rowcount == 0:
                raise otherwise()
        elif connection.database == "sqlite":
            connection.channel.insist(self._for(connection), values, otherwise)
        else:
            if self._insisting is None:
                self._insisting = Prepared(self._make, or_fail=True)
            connection.channel.insist(self._insisting._for(connection), values, otherwise)

    def one(self, connection: sa.Connection, **values: object) -> Row | None:
        """Run it; the first row it finds."""
        if isinstance(connection, Direct):
            return connection.channel.one(self._for(connection), values)
        row = self._within_sqlalchemy(connection, values).first()
        return None if row is None else tuple(row)

    def last(self, connection: sa.Connection, **values: object) -> Row | None:
        """Run it as the last of its transaction, and keep everything; the first row it finds or returns."""
        if isinstance(connection, Direct):
            return connection.last(self._for(connection), values)
        row = self._within_sqlalchemy(connection, values).first()
        connection.commit()
        return None if row is None else tuple(row)

    def all(self, connection: sa.Connection, **values: object) -> list[Row]:
        """Run it; every row it finds."""
        if isinstance(connection, Direct):
            return connection.channel.all(self._for(connection), values)
        return [tuple(row) for row in self._within_sqlalchemy(connection, values)]

    def _for(self, connection: Direct) -> Statement:
        return self._compiled.get(connection.database) or self._compile(connection.dialect)

    def _compile(self, dialect: sa.Dialect) -> Statement:
        statement: Any = self._make(dialect.name)
        counted: Any = type(dialect)
        sent: Any = _or_fail(statement) if self._or_fail else statement
        made = sent.compile(dialect=counted(paramstyle=PARAMETERS[dialect.name]))
        text, parts = str(made), tuple(visitors.iterate(statement))
        changes: list[Any] = [part for part in parts if getattr(part, "is_dml", False)]
        compiled = self._compiled[dialect.name] = Statement(
            text=text,
            order=tuple(made.positiontup or ()),
            own={name: value for name, value in made.params.items() if value is not None},
            name=hashlib.sha256(text.encode()).hexdigest()[:16].encode(),
            is_fleeting=not _is_told(parts) and all(change.table.name in FLEETING for change in changes),
            tables=frozenset(named.name for named in parts if isinstance(named, sa.Table)),
            only_reads=isinstance(statement, sa.Select) and not changes and not any(map(_is_more, parts)),
        )
        return compiled

    def _within_sqlalchemy(self, connection: sa.Connection, values: dict[str, object]) -> sa.CursorResult[Any]:
        # without this option SQLAlchemy does not ask the driver how many rows an INSERT made
        return connection.execute(
            self._make(connection.dialect.name), values, execution_options={"preserve_rowcount": True}
        )


def _is_told(parts: tuple[object, ...]) -> bool:
    """Whether some of it is SQL in our own words, which may change what it likes."""
    return any(isinstance(part, sa.TextClause) for part in parts)


def _is_more(part: object) -> bool:
    """Whether a question with this in it may lock something, or read what it does not name: it goes the longer way."""
    if isinstance(part, sa.Select):
        return part._for_update_arg is not None  # SQLAlchemy has no public word for it
    if isinstance(part, sa.TableClause):
        return not isinstance(part, sa.Table)
    if isinstance(part, sa.Function):  # such as count or coalesce; any other may do anything
        return not isinstance(part, GenericFunction) or isinstance(part, next_value)
    return isinstance(part, sa.TextClause)


def _or_fail(change: Any) -> sa.Executable:
    """The change as a statement that fails where it comes to nothing."""
    made = change.returning(sa.literal_column("1").label("one")).cte("made")
    return sa.select(sa.literal_column("1 / count(*)")).select_from(made)
