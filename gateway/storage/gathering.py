"""Units of work kept together: one transaction, of which each unit that writes is a part (a savepoint).

A commit costs what it touches, and touches it cold: the log's index, the locks, and every page that each unit changes,
of which most are changed by the next one too. Where several requests are answered before the first answer is sent, one
commit serves them all. A unit that is not committed is undone by itself, as ever.
"""

import sqlite3
from collections.abc import Callable
from threading import get_ident
from typing import cast

import sqlalchemy as sa

from gateway.storage.direct import Direct
from gateway.storage.file_direct import FileDirect
from gateway.storage.turn import Turn


class Lost(Exception):
    """The database undid everything by itself, as it may on a full disk: no unit of these is kept."""


class WithinAWriter(Exception):
    """A unit is to write within one that writes: of a file there is one writer at a time."""


class Gathering:
    """What one thread does over a while. `take` gives a connection to read with.

    `in_unit`: a unit is open, and a further one inside it gets a connection of its own.
    """

    def __init__(self, turn: Turn, take: Callable[[], Direct]) -> None:
        self.thread = get_ident()
        self.connection: FileDirect | None = None
        self.in_unit = False
        self.has_turn = False  # from the first unit that writes on
        self.is_doubtful = False  # something went wrong: the connection is not used again
        self.parts = 0
        self._is_lost = False
        self._turn = turn
        self._take = take

    def enter(self, *, write: bool) -> FileDirect:
        """The connection, for one unit."""
        if self.connection is None:
            self.connection = cast(FileDirect, self._take())
            self.connection.gathers = True
        if write:
            self.begin_part()
        self.in_unit = True
        return self.connection

    def begin_part(self) -> None:
        """The unit writes; the first of them waits for its turn, and has it until everything is kept."""
        connection = self._opened
        if not self.has_turn:
            self._turn.take()
            self.has_turn = True
            try:
                connection.settled = False
                connection.channel.begin()
            except BaseException:
                self._end_turn()
                raise
        connection.begin_part()
        self.parts += 1

    def leave(self, *, broken: bool) -> None:
        """The unit has ended: what it did not commit is undone."""
        connection = self._opened
        self.in_unit = False
        self.is_doubtful = self.is_doubtful or broken
        try:
            connection.undo()
        except (sqlite3.Error, sa.exc.SQLAlchemyError):  # there is no part any more, nor those before it
            self._is_lost = True
        if self.has_turn and not connection.in_driver_transaction:
            self._is_lost = self._is_lost or not connection.settled
            self._end_turn()

    def settle(self, *, write: bool) -> None:
        """Keep what is whole by now: a unit within one that only reads is to find it, or to write by itself.

        Raises WithinAWriter where it is to write and the other does. What it reads there was kept before all of these.
        """
        if self._opened.writes:
            if write:
                raise WithinAWriter
        elif self.has_turn:
            self._opened.channel.commit()
            self._end_turn()

    def keep(self) -> None:
        """Keep everything. Raises Lost, or what the commit raises."""
        if self._is_lost:
            raise Lost
        if self.has_turn:
            self._opened.channel.commit()

    def _end_turn(self) -> None:
        self.has_turn = False
        self._turn.give_back()

    @property
    def _opened(self) -> FileDirect:
        assert self.connection is not None
        return self.connection
