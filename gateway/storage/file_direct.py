"""A connection to a database in a file: its log is shortened by us, and its units may be parts of one transaction."""

import sqlalchemy as sa

from gateway.storage.channel import Row, Statement, Values
from gateway.storage.direct import Direct
from gateway.storage.sqlite_channel import SqliteChannel


class FileDirect(Direct):
    """While it `gathers`, a unit that writes is a part of a transaction, and its commit says that the part is whole.

    `settled` tells that all of the transaction was committed on the way: SQLAlchemy knows no parts, so a unit that has
    a rare statement run by it ends the transaction, for itself and for the whole parts before it.
    """

    channel: SqliteChannel

    def __init__(self, engine: sa.Engine) -> None:
        super().__init__(engine)
        self.gathers = False
        self.settled = False
        self._part = False

    @property
    def in_driver_transaction(self) -> bool:
        """Whether the database has one open."""
        return self.channel.in_transaction

    def begin_part(self) -> None:
        """Until the next commit, or until what was not committed is undone."""
        self.channel.begin_part()
        self._part = self.writes = True

    def commit(self) -> None:
        """Keep what was done, by whichever way; while it gathers, as far as the transaction will be kept."""
        if not self.gathers or self.in_sqlalchemy():
            super().commit()
            self.settled = self.gathers
        elif self._part:
            self.channel.keep_part()
            self.writes = False
        self._part = False

    def last(self, statement: Statement, values: Values) -> Row | None:
        """The first row of what the transaction ends with, and everything kept, as by a commit."""
        row = self.channel.one(statement, values)
        self.commit()
        return row

    def undo(self) -> None:
        """Leave nothing open of this unit."""
        if not self.gathers:
            super().undo()
            return
        if self._part:
            self.channel.undo_part()
            self._part = self.writes = False
        if self.in_sqlalchemy():
            self.channel.commit()  # of the whole parts; SQLAlchemy finds nothing left to roll back
            self.settled = True
            sa.Connection.rollback(self)

    def shorten_log(self) -> None:
        """Move what SQLite wrote ahead into the database."""
        self.channel.shorten_log()
