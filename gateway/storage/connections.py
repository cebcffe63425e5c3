"""Connections that wait for the next unit of work, as making one ready costs as much as a short transaction.

Those that read are those that write, the last used first: over SQLite a connection forgets all the pages that it has
at hand when another has written, over a server each is a process of its own, with its own plans; and in a sign-in a
read follows nearly every write.

Writers of this process take turns on SQLite, woken at once, where the database would have them sleep and try again. A
server's connections may be cut off while they wait: one that waited for long goes back to the pool, which looks after
them.

What SQLite wrote ahead must be moved into the database from time to time, which waits for the disk. Left to itself it
does so within some commit, while whoever wants to write stands behind it. So the unit that has the log to shorten first
hands on its turn: one answer is later, and not all that are on their way.
"""

import time
from threading import RLock

import sqlalchemy as sa

from gateway.storage.direct import Direct
from gateway.storage.places import Places

MOST_WAITING = 4  # the pool gives out as many more (`deploy/database.py`), so that nobody goes without for them
FEWEST = 4  # places, at a pool that does not say how many it has
LONGEST_WAIT = 1.0  # seconds, of a connection to a server
LOG_OF = 400  # units that wrote, some ten pages each; SQLite itself waits four times as long (`deploy/database.py`)


class Connections:
    """One engine's. Each is taken for one unit of work and given back."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        self._is_file = engine.dialect.name == "sqlite"
        # the pool gives out twice as many as it keeps (`deploy/database.py`): the rest is for units inside units, and
        # for who connects by other ways
        self._places = Places(engine.pool.size() if isinstance(engine.pool, sa.QueuePool) else FEWEST)
        self._turn = RLock() if self._is_file else None
        self._waiting: list[tuple[Direct, float]] = []
        self._logged = 0  # units since the log was shortened; changed by who has the turn

    def take(self, *, write: bool) -> Direct:
        """One to read with, or one whose transaction has begun."""
        connection: Direct | None = None
        # one writer of a file has the turn, and needs no place beside it: who waits for the turn may hold one
        has_turn = write and self._await_turn()
        self._places.take(has_turn=has_turn)
        try:
            connection = self._ready()
            if write:
                connection.begin_to_write()
        except BaseException:
            try:
                if connection is not None:
                    connection.close()
            finally:
                self._make_room(write)
            raise
        return connection

    def begin_to_write(self, connection: Direct) -> None:
        """Who has read goes on to write, on the same connection."""
        self._await_turn()
        try:
            connection.begin_to_write()
        except BaseException:
            self._end_turn()
            raise

    def give_back(self, connection: Direct, *, write: bool, broken: bool) -> None:
        """Undo what was not committed. What went wrong may have been the connection itself: then it is not kept."""
        kept = not broken and len(self._waiting) < MOST_WAITING
        log_is_long = write and kept and self._log_is_long()
        try:
            if kept:
                connection.undo()
            else:
                connection.close()  # rolls back
            if kept and not log_is_long:
                self._keep(connection)
        finally:
            self._make_room(write)
        if log_is_long:
            connection.shorten_log()
            self._keep(connection)

    def _keep(self, connection: Direct) -> None:
        self._waiting.append((connection, 0.0 if self._is_file else time.monotonic()))

    def _await_turn(self) -> bool:
        """Wait for the turn to write, where there is one; whether there is."""
        return self._turn is not None and self._turn.acquire()

    def _end_turn(self) -> None:
        if self._turn is not None:
            self._turn.release()

    def _make_room(self, write: bool) -> None:
        self._places.give_back()
        if write:
            self._end_turn()

    def _log_is_long(self) -> bool:
        if self._turn is None:
            return False
        self._logged = (self._logged + 1) % LOG_OF
        return self._logged == 0

    def _ready(self) -> Direct:
        while self._waiting:
            try:
                connection, since = self._waiting.pop()
            except IndexError:  # another thread was quicker
                break
            if self._is_file or time.monotonic() - since < LONGEST_WAIT:
                return connection
            connection.close()
        return Direct(self._engine)
