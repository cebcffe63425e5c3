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

MOST_WAITING = 4  # well below what the pool gives out
FEWEST = 4  # places, at a pool that does not say how many it has
LONGEST_WAIT = 1.0  # seconds, of a connection to a server
LOG_OF = 400  # units that wrote, some ten pages each; SQLite itself waits four times as long (`deploy/database.py`)


class Connections:
    """Those to read with, or those to write with; `beside` are the others."""

    def __init__(self, engine: sa.Engine, *, write: bool, beside: "Connections | None" = None) -> None:
        self._engine = engine
        self._write = write
        self._is_file = engine.dialect.name == "sqlite"
        # the pool gives out twice as many as it keeps (`deploy/database.py`): the rest is for units inside units, and
        # for who connects by other ways
        kept = engine.pool.size() if isinstance(engine.pool, sa.QueuePool) else FEWEST
        places: Places = beside._places if beside is not None else Places(kept)
        self._turn = RLock() if write and self._is_file else None
        self._places: Places = places
        self._waiting: list[tuple[Direct, float]] = beside._waiting if beside is not None else []
        self._logged = 0  # units since the log was shortened; changed by who has the turn

    def take(self) -> Direct:
        """One whose transaction has begun, if it is to write."""
        connection: Direct | None = None
        self._queue_up()
        try:
            connection = self._ready()
            if self._write:
                connection.begin_to_write()
        except BaseException:
            try:
                if connection is not None:
                    connection.close()
            finally:
                self._make_room()
            raise
        return connection

    def give_back(self, connection: Direct, *, broken: bool) -> None:
        """Undo what was not committed. What went wrong may have been the connection itself: then it is not kept."""
        kept = not broken and len(self._waiting) < MOST_WAITING and not self._all_are_out()
        log_is_long = kept and self._log_is_long()
        try:
            if kept:
                connection.undo()
            else:
                connection.close()  # rolls back
            if kept and not log_is_long:
                self._keep(connection)
        finally:
            self._make_room()
        if log_is_long:
            connection.shorten_log()
            self._keep(connection)

    def _keep(self, connection: Direct) -> None:
        self._waiting.append((connection, 0.0 if self._is_file else time.monotonic()))

    def _queue_up(self) -> None:
        """One writer of a file has the turn, and needs no place beside it: who waits for the turn may hold one."""
        if self._turn is not None:
            self._turn.acquire()
        self._places.take(has_turn=self._turn is not None)

    def _make_room(self) -> None:
        self._places.give_back()
        if self._turn is not None:
            self._turn.release()

    def _log_is_long(self) -> bool:
        if self._turn is None:
            return False
        self._logged = (self._logged + 1) % LOG_OF
        return self._logged == 0

    def _all_are_out(self) -> bool:
        """Whether the pool has none to give: somebody may be waiting for one there, and would not see it here."""
        pool = self._engine.pool
        if not isinstance(pool, sa.QueuePool) or pool.overflow() < pool.size():  # seldom: counting takes a lock
            return False
        return pool.checkedout() >= 2 * pool.size()

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
