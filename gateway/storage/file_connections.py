"""Connections to a database in a file (SQLite), whose writers stand behind one another.

Writers of this process take turns, woken at once, where the database would have them sleep and try again.

What SQLite wrote ahead must be moved into the database from time to time, which waits for the disk. Left to itself it
does so within some commit, while whoever wants to write stands behind it. So the unit that has the log to shorten first
hands on its turn: one answer is later, and not all that are on their way.

Who answers several requests before the first answer is sent may have their units kept together (`gathering.py`).
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from threading import get_ident

import sqlalchemy as sa

from gateway.storage.connections import MOST_WAITING, Connections
from gateway.storage.direct import Direct
from gateway.storage.file_direct import FileDirect
from gateway.storage.gathering import Gathering
from gateway.storage.turn import Turn

LOG_OF = 400  # units that wrote, some ten pages each; SQLite itself waits four times as long (`deploy/database.py`)


class FileConnections(Connections):
    """One file's."""

    def __init__(self, engine: sa.Engine) -> None:
        super().__init__(engine)
        self._turn = Turn()
        self._logged = 0  # units since the log was shortened; changed by who has the turn
        self._gathering: Gathering | None = None  # one thread's, the others go on as ever

    def together(self) -> AbstractContextManager[None]:
        """Units that this thread opens within are kept at its end, by one commit: nobody is to be told before.

        Raises what the commit raises, or Lost: then nothing of them is kept. One thread at a time has this.
        """
        return nullcontext() if self._gathering is not None else self._gather()

    @contextmanager
    def _gather(self) -> Iterator[None]:
        gathering = self._gathering = Gathering(self._turn, lambda: Connections.take(self, write=False))
        try:
            yield
            gathering.keep()
        except BaseException:
            gathering.is_doubtful = True
            raise
        finally:
            self._gathering = None
            if (connection := gathering.connection) is not None:
                connection.gathers = False
                self._logged += gathering.parts if gathering.has_turn else 0
                self.give_back(connection, write=gathering.has_turn, broken=gathering.is_doubtful)

    def take(self, *, write: bool) -> Direct:
        """One to read with, or one whose transaction has begun."""
        gathering = self._mine()
        if gathering is not None and not gathering.in_unit:
            return gathering.enter(write=write)
        if gathering is not None:
            gathering.settle(write=write)
        return super().take(write=write)

    def begin_to_write(self, connection: Direct) -> None:
        """Who has read goes on to write, on the same connection."""
        gathering = self._mine()
        if gathering is not None:
            if connection is gathering.connection:
                gathering.begin_part()
                return
            gathering.settle(write=True)
        self._turn.take()
        try:
            connection.begin_to_write()
        except BaseException:
            self._turn.give_back()
            raise

    def give_back(self, connection: Direct, *, write: bool, broken: bool) -> None:
        """Undo what was not committed. What went wrong may have been the connection itself: then it is not kept."""
        gathering = self._mine()
        if gathering is not None and connection is gathering.connection:
            gathering.leave(broken=broken)
            return
        log_is_long = write and not broken and len(self._waiting) < self._most_waiting and self._log_is_long()
        if not log_is_long:
            super().give_back(connection, write=write, broken=broken)
            return
        try:
            connection.undo()
        finally:
            self._leave(write=write)
        assert isinstance(connection, FileDirect)
        connection.shorten_log()
        self._keep(connection)

    def _mine(self) -> Gathering | None:
        gathering = self._gathering
        return gathering if gathering is not None and gathering.thread == get_ident() else None

    def _may_wait(self, places: int) -> int:
        """Fewer: each has a megabyte of pages at hand, and one is made in no time."""
        return min(places, MOST_WAITING)

    def _come(self, *, write: bool) -> None:
        if write:
            self._turn.take()
        # one writer of a file has the turn, and needs no place beside it: who waits for the turn may hold one
        self._places.take(has_turn=write)

    def _leave(self, *, write: bool) -> None:
        self._places.give_back()
        if write:
            self._turn.give_back()

    def _open(self) -> Direct:
        return FileDirect(self._engine)

    def _is_good(self, since: float) -> bool:  # noqa: ARG002 - of a server it matters
        return True  # a file cuts nobody off

    def _log_is_long(self) -> bool:
        self._logged += 1
        if self._logged < LOG_OF:
            return False
        self._logged = 0
        return True
