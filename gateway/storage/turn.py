"""Whose turn it is to write, of one process' threads: woken at once, and waited for as long as a pool waits.

Who has the turn holds it for milliseconds, or for as long as another process writes. Should a thread ever wait for
what that one holds, one of both gives up, and not the whole server.
"""

from threading import RLock

from gateway.storage import places


class Turn:
    """A thread that has it may take it once more, and gives it back as often."""

    def __init__(self) -> None:
        self._lock = RLock()

    def take(self) -> None:
        """Wait for it. Raises TimeoutError."""
        if not self._lock.acquire(timeout=places.LONGEST):
            raise TimeoutError("database_busy")

    def give_back(self) -> None:
        """Hand it on."""
        self._lock.release()
