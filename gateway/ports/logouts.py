"""Which clients a session led to, and telling them that it ended."""

from datetime import datetime
from typing import Protocol

from gateway.oidc.logout import Delivery, DeliveryState


class Logouts(Protocol):
    """Deliveries are made in the transaction that ends the session, so none can be forgotten."""

    def remember(self, session: str, client: str, *, at: datetime) -> None:
        """This client was told of this session, and wants to hear of its end. Twice is once."""
        ...

    def queue(self, session: str, account: str, *, at: datetime) -> int:
        """A delivery for every client that was remembered; how many."""
        ...

    def due(self, *, at: datetime, limit: int) -> tuple[Delivery, ...]: ...

    def claim(self, delivery: Delivery, *, until: datetime) -> Delivery | None:
        """Take it on, in one statement: one more attempt, and nobody else's before `until`. None if another did."""
        ...

    def settle(self, delivery: Delivery, state: DeliveryState, *, next_at: datetime, problem: str | None) -> None: ...

    def list(self, *, client: str | None, limit: int) -> tuple[Delivery, ...]:
        """Newest first."""
        ...

    def purge(self, *, before: datetime) -> int:
        """Forget what was remembered or settled before then."""
        ...
