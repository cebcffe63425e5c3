"""What is kept of partners beside their clients: invitations, registrations, errors, keys, what they used up."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Protocol

from msgspec import field

from gateway.frozen import Frozen, Hidden
from gateway.oidc.integration_error import IntegrationError
from gateway.oidc.invitation import Invitation
from gateway.oidc.registration import Registration
from gateway.oidc.registration_request import RegistrationRequest


class Invitations(Protocol):
    """Invitations to register. Of a token only its digest is stored."""

    def add(self, invitation: Invitation, *, digest: str) -> None: ...

    def find(self, digest: str) -> Invitation | None:
        """By the digest of its token, whether it still counts or not."""
        ...

    def use(self, invitation: str, *, at: datetime) -> bool:
        """Use it once, in one statement; False when it is used up, over or withdrawn."""
        ...

    def withdraw(self, invitation: str, *, at: datetime) -> bool: ...

    def list(self) -> tuple[Invitation, ...]:
        """Newest first."""
        ...

    def purge(self, *, before: datetime) -> int:
        """Forget those that were over before then."""
        ...


class Registrations(Protocol):
    """Clients that registered themselves (RFC 7592). Of a token only its digest is stored."""

    def add(self, registration: Registration, *, digest: str) -> None: ...

    def find(self, client: str) -> tuple[Registration, str] | None:
        """The registration and the digest of its token."""
        ...

    def change(self, registration: Registration, *, known: str, digest: str) -> bool:
        """Keep it with a new token's digest, if `known` is the present one; False when another was quicker."""
        ...

    def remove(self, client: str, *, known: str) -> bool: ...


class RegistrationRequests(Protocol):
    """Requests of partners that an operator decides. Sealed: they name a contact."""

    def add(self, request: RegistrationRequest, *, source: str) -> None:
        """`source` is a keyed hash of where it came from."""
        ...

    def find(self, reference: str) -> RegistrationRequest | None: ...

    def waiting(self, *, source: str | None = None) -> int:
        """How many wait; of one source, or of all."""
        ...

    def list(self, *, waiting_only: bool, limit: int) -> tuple[RegistrationRequest, ...]:
        """Newest first."""
        ...

    def decide(self, request: RegistrationRequest) -> bool:
        """Keep the decision, in one statement, if it still waits."""
        ...

    def lapse(self, *, before: datetime) -> int:
        """Those that waited since before then wait no longer."""
        ...

    def purge(self, *, before: datetime) -> int: ...


class IntegrationErrors(Protocol):
    """The last refusals of each client, in a room that does not grow."""

    def record(self, error: IntegrationError, *, keep: int) -> None:
        """Keep it; of this client and sureness no more than `keep`, the newest."""
        ...

    def list(self, client: str, *, limit: int, before: str | None = None) -> tuple[IntegrationError, ...]:
        """Newest first; with `before`, those older than the one with this incident."""
        ...

    def purge(self, *, before: datetime) -> int: ...


class KeptKeys(Frozen):
    """What a partner's `jwks_uri` last said, and when it was last asked. The keys are public."""

    client: str
    url: str
    jwks: Hidden[Mapping[str, Any]] = field(default_factory=dict)
    fetched_at: datetime | None = None  # None: nothing good was ever heard from there
    asked_at: datetime
    problem: str | None = None  # of the last asking


class PartnerKeys(Protocol):
    """Key sets of partners, for processes that begin and for those beside."""

    def find(self, client: str) -> KeptKeys | None: ...

    def keep(self, kept: KeptKeys) -> None: ...


class PartnerVisits(Protocol):
    """Who may look at a partner's page: links that are followed once, and the visits that begin with them."""

    def add(self, digest: str, *, stage: str, client: str, expires_at: datetime) -> None: ...

    def take(self, digest: str, *, stage: str, at: datetime) -> str | None:
        """The client, once, in one statement; None when it was taken before, or is over."""
        ...

    def find(self, digest: str, *, stage: str, at: datetime) -> str | None: ...

    def purge(self, *, before: datetime) -> int: ...


class ClientBuckets(Protocol):
    """How much of its number of requests each client has used up, counted by all processes together."""

    def take(self, client: str, *, cost: timedelta, at: datetime) -> bool:
        """Take what costs so much time of the minute, in one statement; False when there is not as much left."""
        ...

    def full_until(self, client: str) -> datetime | None:
        """Until when what was taken counts."""
        ...
