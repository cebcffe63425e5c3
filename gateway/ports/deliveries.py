"""What partners are to be told: sessions that ended, consents withdrawn, links undone, accounts closed."""

from datetime import datetime
from typing import Protocol

from gateway.oidc.delivery import Delivery, DeliveryState, Kind


class Logouts(Protocol):
    """Which clients a session led to."""

    def remember(self, session: str, client: str, *, at: datetime, kind: Kind = Kind.LOGOUT) -> None:
        """This client was told of this session, and wants to hear of its end in this way. Twice is once."""
        ...

    def queue(self, session: str, account: str, *, at: datetime) -> int:
        """A delivery for every client that was remembered; how many."""
        ...

    def purge(self, *, before: datetime) -> int:
        """Forget what was remembered before then."""
        ...


class Deliveries(Protocol):
    """Each is made in the transaction of what it tells of, so none can be forgotten."""

    def queue(self, kind: Kind, about: str, client: str, account: str, *, at: datetime) -> bool:
        """This client is to be told; False when it was to be, or was told, already."""
        ...

    def due(self, *, at: datetime, limit: int) -> tuple[Delivery, ...]: ...

    def claim(self, delivery: Delivery, *, until: datetime) -> Delivery | None:
        """Take it on, in one statement: one more attempt, and nobody else's before `until`. None if another did."""
        ...

    def settle(self, delivery: Delivery, state: DeliveryState, *, next_at: datetime, problem: str | None) -> None: ...

    def put_off(self, delivery: Delivery, *, until: datetime) -> None:
        """What else waits for the same address waits until then at least; that is no attempt."""
        ...

    def list(self, *, client: str | None, limit: int) -> tuple[Delivery, ...]:
        """Newest first."""
        ...

    def purge(self, *, before: datetime) -> int:
        """Forget what was settled and made before then."""
        ...

    def keep_credential(self, client: str, credential: str | None) -> None:
        """With what we prove ourselves where this client takes events; sealed at rest. None takes it away."""
        ...

    def credential(self, client: str) -> str | None: ...
