"""A region's connector with so many places at once: a slow platform holds its own places, and never the server.

Nobody waits inside for a place: whoever finds none is told so at once (`upstream_busy`) and tries again from outside,
with the thread that they came on free for others. A platform of one region cannot take the places of another's.
"""

import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from gateway.errors import BUSY, RegionUnavailable
from gateway.frozen import Frozen, Hidden
from gateway.identity.region import Region as RegionCode
from gateway.ports.regions import Arrival, Callback, CheckResult, Delivery, FaceCheck, Leave, Region, Trip

CHECK = "check"


class Lanes:
    """The places of one process: `each` for every platform, `together` for all of them."""

    def __init__(self, *, each: int, together: int) -> None:
        self._each = each
        self._together = together
        self._taken: Counter[str] = Counter()
        self._lock = threading.Lock()

    @classmethod
    def beside(cls, threads: int) -> "Lanes":
        """Of a server's threads a quarter stays for whoever needs no region; one platform takes half at most."""
        return cls(each=max(1, threads // 2), together=max(1, threads * 3 // 4))

    @contextmanager
    def place(self, platform: str) -> Iterator[None]:
        """Hold a place. Raises RegionUnavailable where none is free."""
        with self._lock:
            if self._taken[platform] >= self._each or self._taken.total() >= self._together:
                raise RegionUnavailable(BUSY, region=platform)
            self._taken[platform] += 1
        try:
            yield
        finally:
            with self._lock:
                self._taken[platform] -= 1


class InLane(Frozen):
    """Implements the Region port over another."""

    region: Region
    lanes: Hidden[Lanes]

    @property
    def code(self) -> RegionCode:
        return self.region.code

    @property
    def asks_to_depart(self) -> bool:
        return self.region.asks_to_depart

    def depart(self, trip: Trip) -> Leave:
        if not self.asks_to_depart:  # who only leaves is not kept here by others' return
            return self.region.depart(trip)
        with self.lanes.place(self.code):
            return self.region.depart(trip)

    def arrive(self, callback: Callback, trip: Trip) -> Arrival:
        with self.lanes.place(self.code):
            return self.region.arrive(callback, trip)

    def receive(self, kind: str, headers: Mapping[str, str], body: bytes) -> Delivery:
        # without a place: it asks the platform nothing, and what is turned away may never be brought again
        return self.region.receive(kind, headers, body)

    def resume(self, trip: Trip) -> Arrival:
        with self.lanes.place(self.code):
            return self.region.resume(trip)


class CheckInLane(Frozen):
    """Implements the FaceCheck port over another."""

    service: FaceCheck
    lanes: Hidden[Lanes]

    def depart(self, trip: Trip, *, subject_hint: str, application: str) -> Leave:
        # without a place: the request is signed here, and goes with the browser
        return self.service.depart(trip, subject_hint=subject_hint, application=application)

    def arrive(self, callback: Callback, trip: Trip) -> CheckResult:
        with self.lanes.place(CHECK):
            return self.service.arrive(callback, trip)
