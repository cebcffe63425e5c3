"""Note a refusal for the partner whose request it was, in a room that neither it nor a stranger can overfill."""

from dataclasses import dataclass, field

from gateway.flows.identify_caller import IdentifyCaller, Traces
from gateway.oidc import rate_limit
from gateway.oidc.integration_error import RINGS, IntegrationError, Sureness
from gateway.oidc.rate_limit import Bucket
from gateway.ports.clock import Clock
from gateway.ports.work import OpenWork

CLAIMED_PER_MINUTE = 60  # of all clients together, in one process: each is a write that a stranger causes
ALIKE_PER_MINUTE = 6  # of one client and one reason: a program in a loop does not push out what else it did wrong


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """What was answered, and to what. `endpoint` is a method and a route, never the address that was called."""

    endpoint: str
    status: int
    code: str
    reason: str
    incident: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteRefusal:
    """`buckets` hold how many may still be written: of known clients and their reasons, so they are few."""

    identify: IdentifyCaller
    open_work: OpenWork
    clock: Clock
    buckets: dict[tuple[str, Sureness, str], Bucket] = field(default_factory=dict, repr=False)

    def __call__(self, traces: Traces, refusal: Refusal) -> IntegrationError | None:
        """What was noted, or None when nobody is to be told or enough was noted already."""
        found = self.identify(traces, status=refusal.status)
        if found is None:
            return None
        client, sureness = found
        ring = RINGS[sureness]
        rooms = {(client, sureness, refusal.reason): ALIKE_PER_MINUTE, (client, sureness, ""): ring.per_minute}
        if sureness is Sureness.CLAIMED:
            rooms["", sureness, ""] = CLAIMED_PER_MINUTE
        if not all(self._room(which, per_minute) for which, per_minute in rooms.items()):
            return None
        error = IntegrationError(
            client=client,
            sureness=sureness,
            at=self.clock(),
            endpoint=refusal.endpoint,
            status=refusal.status,
            code=refusal.code,
            reason=refusal.reason,
            incident=refusal.incident,
        )
        with self.open_work(write=True) as work:
            work.integration_errors.record(error, keep=ring.kept)
            work.commit()
        return error

    def _room(self, which: tuple[str, Sureness, str], per_minute: int) -> bool:
        bucket, again = rate_limit.take(self.buckets.get(which), per_minute=per_minute, at=self.clock())
        self.buckets[which] = bucket
        return again is None
