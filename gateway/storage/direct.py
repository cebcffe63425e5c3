"""A connection whose prepared statements go straight to the driver.

What SQLAlchemy does around one short statement takes longer than the statement. So:

1. A prepared statement (`prepared.py`) goes through the driver's own channel; where only reading is wanted, without a
   transaction: every statement sees what is committed by then, as PostgreSQL has it anyway.
2. A writing transaction is begun past SQLAlchemy too.
3. A statement that is rare runs through SQLAlchemy as anywhere else, in that same transaction.
"""

from typing import Any

import sqlalchemy as sa
from sqlalchemy import event

from gateway.storage.channel import Channel, Row, Statement, Values
from gateway.storage.metadata import ALWAYS_WAIT
from gateway.storage.sqlite_channel import SqliteChannel


class Direct(sa.Connection):
    """`database` is the dialect's name, `sqlite` or `postgresql`."""

    def __init__(self, engine: sa.Engine) -> None:
        super().__init__(engine)
        self.database = engine.dialect.name
        self.channel = self._open_channel()
        self.writes = False
        event.listen(self, "before_cursor_execute", _make_way)

    def begin_to_write(self) -> None:
        """Until the next commit, or until what was not committed is undone."""
        self.channel.begin()
        self.writes = True

    def in_transaction(self) -> bool:
        """Whether one is open, whoever began it."""
        return self.writes or super().in_transaction()

    def in_sqlalchemy(self) -> bool:
        """Whether SQLAlchemy has one open: a rare statement ran."""
        return super().in_transaction()

    def commit(self) -> None:
        """Keep what was done, by whichever way."""
        if super().in_transaction():
            self.channel.make_way()
            super().commit()
            self.channel.undo()  # nothing is left to undo, and the channel knows that its transaction is over
        else:
            self.channel.commit()
        self.writes = False

    def last(self, statement: Statement, values: Values) -> Row | None:
        """The first row of what the transaction ends with, and everything kept."""
        if self.in_sqlalchemy():
            row = self.channel.one(statement, values)
            self.commit()
            return row
        row = self.channel.last(statement, values)
        self.writes = False
        return row

    def undo(self) -> None:
        """Leave nothing open."""
        if self.writes:
            self.channel.undo()
            self.writes = False
        if super().in_transaction():
            try:
                super().rollback()
            except sa.exc.DBAPIError:
                if not self.channel.is_lost:  # with the connection its server ends all that was not committed
                    raise

    def close(self) -> None:
        """Give it back to the pool, or tell the pool that it is of no more use."""
        if self.channel.is_lost:
            self.invalidate()
        super().close()

    def _open_channel(self) -> Channel:
        driver: Any = self.connection.driver_connection
        if self.database == "sqlite":
            return SqliteChannel(driver)
        # libpq is not for a process that has no use for it
        from gateway.storage.postgres_channel import PostgresChannel  # noqa: PLC0415

        return PostgresChannel(
            driver.pgconn,
            known=self.connection.info.setdefault("known", {}),
            always_wait=bool(self.engine.get_execution_options().get(ALWAYS_WAIT)),
        )


def _make_way(connection: Direct, *_: object) -> None:
    connection.channel.make_way()
