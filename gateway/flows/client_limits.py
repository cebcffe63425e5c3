"""Keep one client from taking what all share: each has its number of requests a minute (RFC 6585 §4)."""

from dataclasses import dataclass, field

from gateway.errors import RequestRefused
from gateway.oidc import rate_limit
from gateway.oidc.client import Client
from gateway.oidc.rate_limit import Bucket
from gateway.ports.clock import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientLimits:
    """Counted in each process by itself, without a word to the others; `share` is this process's part of the whole."""

    clock: Clock
    per_minute: int
    share: int = 1  # one of so many processes
    buckets: dict[str, Bucket] = field(default_factory=dict, repr=False)

    def __call__(self, client: Client) -> None:
        """Count a request of a client that proved itself; nobody else can use its number up. Raises RequestRefused."""
        allowed = max(1, (client.requests_per_minute or self.per_minute) // self.share)
        bucket, again = rate_limit.take(self.buckets.get(client.id), per_minute=allowed, at=self.clock())
        self.buckets[client.id] = bucket
        if again is not None:
            raise RequestRefused("too_many_requests", code="temporarily_unavailable", status=429, retry_after=again)
