"""Statements handed to the driver of SQLite, which prepares them and keeps them by their text."""

import sqlite3
from contextlib import suppress

import sqlalchemy as sa

from gateway.storage.channel import Otherwise, Row, Statement, Values


class SqliteChannel:
    """Implements the Channel. A statement that has run to its end holds nothing open, and needs no closing."""

    is_lost = was_cut_off = False  # a file

    def __init__(self, driver: sqlite3.Connection) -> None:
        self._driver = driver

    def begin(self) -> None:
        # who wants to write waits now: a read that turns into a write fails under two writers
        self._driver.execute("BEGIN IMMEDIATE")

    def one(self, statement: Statement, values: Values) -> Row | None:
        cursor = self._run(statement, values)
        row: Row | None = cursor.fetchone()
        cursor.close()
        return row

    def all(self, statement: Statement, values: Values) -> list[Row]:
        rows: list[Row] = self._run(statement, values).fetchall()
        return rows

    def changed(self, statement: Statement, values: Values) -> int:
        return self._run(statement, values).rowcount

    def write(self, statement: Statement, values: Values) -> None:
        self._run(statement, values)

    def insist(self, statement: Statement, values: Values, otherwise: Otherwise) -> None:
        if self._run(statement, values).rowcount == 0:
            raise otherwise()

    def last(self, statement: Statement, values: Values) -> Row | None:
        row = self.one(statement, values)
        self.commit()
        return row

    def make_way(self) -> None:
        """Nothing is kept back here: a statement is a call."""

    def commit(self) -> None:
        self._driver.commit()

    def undo(self) -> None:
        self._driver.rollback()

    @property
    def in_transaction(self) -> bool:
        """Whether one is open; on a full disk SQLite may have ended it by itself."""
        return self._driver.in_transaction

    def begin_part(self) -> None:
        """Of a transaction that is open: what follows can be undone by itself."""
        self._driver.execute("SAVEPOINT part")

    def keep_part(self) -> None:
        """It is kept with the transaction."""
        self._driver.execute("RELEASE part")

    def undo_part(self) -> None:
        """Nothing of it is kept."""
        self._driver.execute("ROLLBACK TO part")
        self._driver.execute("RELEASE part")

    def shorten_log(self) -> None:
        """Move what was written ahead into the database, as far as nobody reads from before; nobody is held up."""
        with suppress(sqlite3.OperationalError):  # the next time then
            self._driver.execute("PRAGMA wal_checkpoint(PASSIVE)").close()

    def _run(self, statement: Statement, values: Values) -> sqlite3.Cursor:
        try:
            return self._driver.execute(statement.text, {**statement.own, **values})
        except sqlite3.IntegrityError as clash:
            raise sa.exc.IntegrityError(statement.text, None, clash) from None  # as SQLAlchemy does, without the values
