"""Note a refusal for the partner whose request it was, in a room that neither it nor a stranger can overfill."""

from msgspec import field

from gateway.flows.identify_caller import IdentifyCaller, Traces
from gateway.frozen import Frozen, Hidden
from gateway.oidc import rate_limit
from gateway.oidc.integration_error import RINGS, IntegrationError, Sureness
from gateway.oidc.rate_limit import Bucket
from gateway.ports.clock import Clock
from gateway.ports.work import OpenWork

CLAIMED_PER_MINUTE = 60  # of all clients together, in one process: each is a write that a stranger causes
ALIKE_PER_MINUTE = 6  # of one client and one reason: a program in a loop does not push out what else it did wrong


Room = tuple[str, Sureness, str]  # client, how sure, reason; empty stands for any


class Refusal(Frozen):
    """What was answered, and to what. `endpoint` is a method and a route, never the address that was called."""

    endpoint: str
    status: int
    code: str
    reason: str
    incident: str


class NoteRefusal(Frozen):
    """`buckets` hold how many may still be written: of known clients and their reasons, so they are few."""

    identify: IdentifyCaller
    open_work: OpenWork
    clock: Clock
    buckets: Hidden[dict[Room, Bucket]] = field(default_factory=dict)

    def __call__(self, traces: Traces, refusal: Refusal) -> IntegrationError | None:
        """What was noted, or None when nobody is to be told or enough was noted already."""
        named, proved = self.identify.named(traces), _may_be_proved(refusal)
        best = Sureness.AUTHENTICATED if proved else Sureness.CLAIMED
        if named is None or not self._room(named, best, refusal.reason):
            return None  # before anything is verified: a program in a loop costs next to nothing
        found = self.identify(traces, status=refusal.status) if proved else self.identify.claimed(named)
        if found is None or not self._room(*found, refusal.reason):
            return None
        client, sureness = found
        for which, per_minute in self._rooms(client, sureness, refusal.reason):
            self.buckets[which], _ = rate_limit.take(self.buckets.get(which), per_minute=per_minute, at=self.clock())
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
            work.integration_errors.record(error, keep=RINGS[sureness].kept)
            work.commit()
        return error

    def _room(self, client: str, sureness: Sureness, reason: str) -> bool:
        """Whether one more may be written."""
        at = self.clock()
        rooms = self._rooms(client, sureness, reason)
        return all(rate_limit.take(self.buckets.get(one), per_minute=most, at=at)[1] is None for one, most in rooms)

    def _rooms(self, client: str, sureness: Sureness, reason: str) -> tuple[tuple[Room, int], ...]:
        """The rooms that an error takes a place of, and how many places a minute each has."""
        whole = RINGS[sureness].per_minute
        own = ((client, sureness, reason), min(ALIKE_PER_MINUTE, whole)), ((client, sureness, ""), whole)
        return (*own, (("", sureness, ""), CLAIMED_PER_MINUTE)) if sureness is Sureness.CLAIMED else own


def _may_be_proved(refusal: Refusal) -> bool:
    """Whether there is anything left to verify: what was refused as no proof of the client is none here either."""
    return refusal.code != "invalid_client" or refusal.reason == "assertion_replayed"
