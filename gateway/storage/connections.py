"""Connections that wait for the next unit of work, as making one ready costs as much as a short transaction.

Those that read are those that write, the last used first: over SQLite a connection forgets all the pages that it has
at hand when another has written (`file_connections.py`), over a server each is a process of its own, with its own
plans; and in a sign-in a read follows nearly every write.

A server's connections may be cut off while they wait: one that waited for long goes back to the pool, which looks
after them, and so do all that wait when one is found to be cut off. So a server that comes back costs one failure of
those that waited, and not one for each.
"""

import time
from contextlib import AbstractContextManager, nullcontext

import sqlalchemy as sa

from gateway.storage.direct import Direct
from gateway.storage.places import Places

MOST_WAITING = 4  # to a file; the pool gives out as many more (`deploy/database.py`): nobody goes without for them
FEWEST = 4  # places, at a pool that does not say how many it has
LONGEST_WAIT = 1.0  # seconds, of a connection to a server


class Connections:
    """One engine's. Each is taken for one unit of work and given back."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        # the pool gives out twice as many as it keeps (`deploy/database.py`): the rest is for units inside units, and
        # for who connects by other ways
        places = engine.pool.size() if isinstance(engine.pool, sa.QueuePool) else FEWEST
        self._places = Places(places)
        self._most_waiting = self._may_wait(places)
        self._waiting: list[tuple[Direct, float]] = []

    def together(self) -> AbstractContextManager[None]:
        """Units that this thread opens within may be kept at its end, all at once. Here each is kept by itself."""
        return nullcontext()

    def take(self, *, write: bool) -> Direct:
        """One to read with, or one whose transaction has begun."""
        self._come(write=write)
        connection: Direct | None = None
        try:
            connection = self._ready()
            if write:
                connection.begin_to_write()
        except BaseException:
            try:
                if connection is not None:
                    connection.close()
            finally:
                self._leave(write=write)
            raise
        return connection

    def begin_to_write(self, connection: Direct) -> None:
        """Who has read goes on to write, on the same connection."""
        connection.begin_to_write()

    def give_back(self, connection: Direct, *, write: bool, broken: bool) -> None:
        """Undo what was not committed. What went wrong may have been the connection itself: then it is not kept."""
        try:
            is_of_use = not broken and not connection.channel.is_lost and len(self._waiting) < self._most_waiting
            if is_of_use:
                connection.undo()
            if is_of_use and not connection.channel.is_lost:
                self._keep(connection)
                return
            if connection.channel.was_cut_off:
                self._let_go()
            connection.close()  # rolls back
        finally:
            self._leave(write=write)

    def _may_wait(self, places: int) -> int:
        """How many. Through the pool a connection to a server costs two journeys, and those that are more than it
        keeps are closed: so under load as many wait as may be in use."""
        return places

    def _come(self, *, write: bool) -> None:  # noqa: ARG002 - a file's writers take turns
        """Wait until there is room."""
        self._places.take()

    def _leave(self, *, write: bool) -> None:  # noqa: ARG002
        self._places.give_back()

    def _open(self) -> Direct:
        return Direct(self._engine)

    def _is_good(self, since: float) -> bool:
        return time.monotonic() - since < LONGEST_WAIT

    def _keep(self, connection: Direct) -> None:
        self._waiting.append((connection, time.monotonic()))

    def _ready(self) -> Direct:
        while (last := self._last()) is not None:
            connection, since = last
            if self._is_good(since):
                return connection
            connection.close()
        return self._open()

    def _last(self) -> tuple[Direct, float] | None:
        try:
            return self._waiting.pop()
        except IndexError:
            return None

    def _let_go(self) -> None:
        """Of all that wait."""
        while (last := self._last()) is not None:
            last[0].close()
