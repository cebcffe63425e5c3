"""Places at the database, given in the order in which threads came: more threads than connections is the usual case.

A pool wakes whoever waits, but lets a thread that comes by at that moment go first: under load some threads waited
until the pool gave up on them. Here a place is handed from one thread to the next.
"""

from collections import deque
from threading import Lock, local

LONGEST = 30.0  # seconds, as long as a pool waits


class Mine(local):
    """What one thread holds: how many units, and whether the first of them has a place."""

    held = 0
    has_place = False


class Places:
    """A thread that has a place needs no second one for a unit inside its unit, so that nobody waits for themselves."""

    def __init__(self, most: int) -> None:
        self._free = most
        self._lock = Lock()
        self._queue: deque[Lock] = deque()
        self._mine = Mine()

    def take(self, longest: float = LONGEST, *, has_turn: bool = False) -> None:
        """Wait for a place; who has the turn to write needs none. Raises TimeoutError."""
        mine = self._mine
        if mine.held == 0:
            if not has_turn:
                self._wait(longest)
            mine.has_place = not has_turn
        mine.held += 1

    def give_back(self) -> None:
        """Hand it on."""
        mine = self._mine
        mine.held -= 1
        if mine.held or not mine.has_place:
            return
        with self._lock:
            if self._queue:
                self._queue.popleft().release()
            else:
                self._free += 1

    def _wait(self, longest: float) -> None:
        with self._lock:
            if self._free:  # then nobody waits
                self._free -= 1
                return
            called = Lock()
            called.acquire()
            self._queue.append(called)
        if called.acquire(timeout=longest):
            return
        with self._lock:
            if called not in self._queue:  # called at the last moment
                return
            self._queue.remove(called)
        raise TimeoutError("database_busy")
