"""Things the simulators keep for a while, in memory, safe with several threads."""

import secrets
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Generic, TypeVar

Thing = TypeVar("Thing")
MOST = 10_000


class Shelf(Generic[Thing]):
    """Things by an unguessable name, for a limited time; the oldest goes when there are too many."""

    def __init__(self, clock: Callable[[], datetime], *, lives: timedelta) -> None:
        self._clock = clock
        self._lives = lives
        self._lock = threading.Lock()
        self._things: dict[str, tuple[Thing, datetime]] = {}

    def put(self, thing: Thing, name: str | None = None) -> str:
        """Keep it; its name."""
        name = name or secrets.token_urlsafe(24)
        with self._lock:
            while len(self._things) >= MOST:
                del self._things[next(iter(self._things))]
            self._things[name] = (thing, self._clock() + self._lives)
        return name

    def get(self, name: str) -> Thing | None:
        """The thing, if it is still there."""
        with self._lock:
            thing, until = self._things.get(name, (None, None))
            return thing if until is not None and self._clock() < until else None

    def take(self, name: str) -> Thing | None:
        """The thing, which is then gone: what may be used once."""
        with self._lock:
            thing, until = self._things.pop(name, (None, None))
            return thing if until is not None and self._clock() < until else None
