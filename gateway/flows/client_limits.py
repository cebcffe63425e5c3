"""Keep one client from taking what all share: each has its number of requests a minute (RFC 6585 §4).

All processes, on all machines, count together, in storage. Each takes a portion from there and counts that down by
itself. A portion that was used up is followed by a larger one, up to three seconds' worth; one that was not, by what
was used of it: a busy client costs one statement in thousands of requests, and a quiet one loses next to nothing to
processes that took for it what they did not need. Never is more served than allowed.
"""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock

from msgspec import field

from gateway.errors import RequestRefused
from gateway.frozen import Frozen, Hidden
from gateway.oidc.client import Client
from gateway.ports.clock import Clock
from gateway.ports.work import OpenWork, Work

MINUTE = timedelta(minutes=1)
PORTIONS = 20  # of a minute's number: none is larger than such a part
GROWTH = 4
PORTION_LIVES = timedelta(seconds=10)


@dataclass(slots=True)
class Portion:
    """What this process may still serve, and until when. An empty one says when there will be something again."""

    size: int
    left: int
    until: datetime
    empty: bool = False


class ClientLimits(Frozen):
    clock: Clock
    per_minute: int
    open_work: OpenWork
    portions: Hidden[dict[str, Portion]] = field(default_factory=dict)
    taking: Hidden[Lock] = field(default_factory=Lock)

    def __call__(self, client: Client) -> None:
        """Count a request of a client that proved itself; nobody else can use its number up. Raises RequestRefused."""
        now, portion = self.clock(), self.portions.get(client.id)
        if _is_used_up(portion, now):
            # many at once take one portion, not one each; and who has yet to wait for a turn to write must not have
            # `taking` meanwhile, as whoever has the turn may come for it
            with self.open_work(write=True) as work, self.taking:
                portion = self.portions.get(client.id)
                if _is_used_up(portion, now):
                    portion = self.portions[client.id] = self._take(work, client, portion, now)
        assert portion is not None
        if portion.empty:
            again = math.ceil((portion.until - now).total_seconds())
            raise RequestRefused(
                "too_many_requests", code="temporarily_unavailable", status=429, retry_after=max(1, again)
            )
        portion.left -= 1

    def allowed(self, client: Client) -> int:
        """How many requests a minute it has."""
        return client.requests_per_minute or self.per_minute

    def _take(self, work: Work, client: Client, last: Portion | None, now: datetime) -> Portion:
        """A portion, or where there is not as much, a single request; or else when there will be one."""
        allowed = self.allowed(client)
        one = MINUTE / allowed
        size = min(_next_size(last, now), max(1, allowed // PORTIONS))
        for wanted in dict.fromkeys((size, 1)):
            if work.client_buckets.take(client.id, cost=one * wanted, at=now):
                work.commit()
                return Portion(wanted, wanted, now + PORTION_LIVES)
        full = work.client_buckets.full_until(client.id) or now
        return Portion(0, 0, full + one - MINUTE, empty=True)


def _is_used_up(portion: Portion | None, now: datetime) -> bool:
    return portion is None or now >= portion.until or (portion.left < 1 and not portion.empty)


def _next_size(last: Portion | None, now: datetime) -> int:
    """Larger after one that was used up in its time; after one that was not, as much as was used of it."""
    if last is None:
        return 1
    return last.size * GROWTH if now < last.until else max(1, last.size - last.left)
