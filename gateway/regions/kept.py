"""A value fetched from a foreign party: kept for its life, and beyond it while it cannot be fetched again.

While one thread fetches anew, the others go on with what is there: a slow party holds up nobody who has a value. While
there is none yet, each asks by itself and nobody waits for another's call, so a party that does not answer costs each
one wait, and the thread that may not wait at all is told so by the call itself.
"""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from gateway.errors import RegionError
from gateway.ports.clock import Clock

Value = TypeVar("Value")


class Kept(Generic[Value]):
    """`fetch` may raise RegionError, which is passed on only while there is nothing yet."""

    def __init__(self, fetch: Callable[[], Value], *, clock: Clock, live: timedelta, retry_after: timedelta) -> None:
        self._fetch = fetch
        self._clock = clock
        self._live = live
        self._retry_after = retry_after
        self._lock = threading.Lock()
        self._held: tuple[Value, datetime, datetime] | None = None  # value, asked at, good until

    @property
    def last(self) -> Value | None:
        """What there is, were it old; nothing is fetched."""
        return None if self._held is None else self._held[0]

    def __call__(self) -> Value:
        """The value, fetched if there is none or its life is over."""
        held = self._held
        if held is not None and self._clock() < held[2]:
            return held[0]
        if not self._lock.acquire(blocking=False):
            if held is None:  # who waited for another's fetch would wait without having been asked whether they may
                held = self._held = self._fetched(None)
            return held[0]
        try:
            if self._held is held or self._held is None:
                self._held = self._fetched(held)
            return self._held[0]
        finally:
            self._lock.release()

    def again(self, seen: Value) -> Value:
        """A newer value than `seen`, if one may be asked for yet: not more often than `retry_after`."""
        with self._lock:
            held = self._held
            if held is not None and held[0] is seen and self._clock() >= held[1] + self._retry_after:
                held = self._held = self._fetched(held)
            return seen if held is None else held[0]

    def _fetched(self, held: tuple[Value, datetime, datetime] | None) -> tuple[Value, datetime, datetime]:
        now = self._clock()
        try:
            return self._fetch(), now, now + self._live
        except RegionError:
            if held is None:
                raise
            return held[0], now, now + self._retry_after
