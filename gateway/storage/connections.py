"""Connections that wait for the next unit of work, as making one ready costs as much as a short transaction.

On SQLite those that read are those that write, the last used first: a connection forgets all the pages that it has at
hand when another has written, and in a sign-in a read follows nearly every write.

Writers of this process take turns on SQLite, woken at once, where the database would have them sleep and try again. A
server's connections may be cut off while they wait: one that waited for long goes back to the pool, which looks after
them.
"""

import time
from threading import RLock

import sqlalchemy as sa

from gateway.storage.direct import Direct

MOST_WAITING = 4  # well below what the pool gives out
LONGEST_WAIT = 1.0  # seconds, of a connection to a server


class Connections:
    """Those to read with, or those to write with; `beside` are the others."""

    def __init__(self, engine: sa.Engine, *, write: bool, beside: "Connections | None" = None) -> None:
        self._engine = engine
        self._write = write
        self._is_file = engine.dialect.name == "sqlite"
        self._turn = RLock() if write and self._is_file else None
        self._waiting: list[tuple[Direct, float]] = beside._waiting if beside is not None and self._is_file else []

    def take(self) -> Direct:
        """One whose transaction has begun, if it is to write."""
        if self._turn is not None:
            self._turn.acquire()
        try:
            connection = self._ready()
            connection.writes = self._write
            connection.begin_at_once()
        except BaseException:
            if self._turn is not None:
                self._turn.release()
            raise
        return connection

    def give_back(self, connection: Direct, *, broken: bool) -> None:
        """Undo what was not committed. What went wrong may have been the connection itself: then it is not kept."""
        try:
            if broken or len(self._waiting) >= MOST_WAITING:
                connection.close()  # rolls back
            else:
                connection.undo()
                self._waiting.append((connection, 0.0 if self._is_file else time.monotonic()))
        finally:
            if self._turn is not None:
                self._turn.release()

    def _ready(self) -> Direct:
        while self._waiting:
            try:
                connection, since = self._waiting.pop()
            except IndexError:  # another thread was quicker
                break
            if self._is_file or time.monotonic() - since < LONGEST_WAIT:
                return connection
            connection.close()
        return Direct(self._engine, write=self._write)
