"""What the OAuth side keeps: clients, pushed requests, grants, and values that count once."""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from gateway.oidc.authorization_request import AuthorizationRequest
from gateway.oidc.client import Client
from gateway.oidc.grant import Grant


class Clients(Protocol):
    """Registered clients. Keys only: there are no secrets."""

    def find(self, client: str) -> Client | None:
        """The client with this id, active or not."""
        ...

    def hold(self, client: str) -> Client | None:
        """The same, to be changed: nobody else changes it until this unit ends."""
        ...

    def version(self, client: str) -> int | None:
        """The version of the stored client: changes with every save, so that a cache can ask cheaply."""
        ...

    def list(self) -> tuple[Client, ...]:
        """All clients by id."""
        ...

    def save(self, client: Client) -> Client:
        """Keep a new client, or a changed one; gives back what was kept, with its new version."""
        ...


class PushedRequests(Protocol):
    """Authorization requests that a client pushed (RFC 9126): read until answered, answered once."""

    def keep(self, reference: str, request: AuthorizationRequest, *, expires_at: datetime) -> None:
        """Park a checked request under `reference`, of which only a hash is stored."""
        ...

    def find(self, reference: str, *, at: datetime) -> AuthorizationRequest | None:
        """The request, while it lives and has no answer."""
        ...

    def answer(self, reference: str) -> bool:
        """Mark it answered, in one statement; False when it already was, or is not there.

        A request that a person is still looking at may be answered after it expired: expiry is about starting.
        """
        ...

    def purge(self, *, before: datetime) -> int:
        """Forget requests that expired before then."""
        ...


class Grants(Protocol):
    """What codes were redeemed into. A grant lives until it expires or is revoked; its tokens with it."""

    def redeem(self, grant: Grant) -> None:
        """Keep the grant, in one statement. Raises Outrun, by the commit at last, when its code was redeemed before, or
        the session or the consent that it rests on has been ended meanwhile: nothing of the unit is kept then. A code
        is nowhere written until it is redeemed.
        """
        ...

    def live(self, grant: str, *, token: str | None = None, at: datetime) -> Grant | None:
        """The grant, unless it is expired or revoked, or the token with this `jti` is."""
        ...

    def revoke(self, grant: str, *, at: datetime) -> bool:
        """End the grant and every token of it; True when it lived until now."""
        ...

    def revoke_of(
        self,
        *,
        at: datetime,
        account: str | None = None,
        client: str | None = None,
        session: str | None = None,
        consent: str | None = None,
    ) -> int:
        """End every grant that has all the named traits (at least one); how many lived until now. They are found by
        their account: whoever knows it names it.
        """
        ...

    def revoke_all(self, *, at: datetime) -> int:
        """End every grant; how many lived until now."""
        ...

    def revoke_token(self, token: str, *, expires_at: datetime) -> None:
        """End one access token by its `jti`; remembered until it would have expired."""
        ...

    def is_revoked(self, token: str) -> bool:
        """Whether the token with this `jti` was ended by itself."""
        ...

    def purge(self, *, before: datetime) -> int:
        """Forget grants and revoked tokens that expired before then."""
        ...


class RefreshTokens(Protocol):
    """Refresh tokens, of which only hashes are stored. Whether one still counts is a matter of its grant."""

    def keep(self, value: str, grant: str, *, expires_at: datetime) -> None: ...

    def grant_of(self, value: str) -> str | None:
        """The grant that it stands for, whether it was used or not."""
        ...

    def unused_of(self, value: str) -> str | None:
        """The same, or None where it was used up."""
        ...

    def use(self, value: str, *, at: datetime) -> bool:
        """Use it up, in one statement; False when it was used before, or is over."""
        ...

    def purge(self, *, before: datetime) -> int:
        """Forget those that expired before then."""
        ...


class KnownSubjects(Protocol):
    """Subjects that agencies were told: what an agency names a person by when it hands over a record."""

    def remember(self, agency: str, subject: str, account: str) -> None:
        """Keep it, once."""
        ...

    def agencies(self, account: str) -> frozenset[str]:
        """Those that were told a subject of this account."""
        ...

    def told(self, agency: str, account: str) -> frozenset[str]:
        """Every subject that this agency was told for this account."""
        ...

    def accounts(self, agency: str) -> tuple[str, ...]:
        """The accounts that this agency was told a subject of."""
        ...

    def forget(self, account: str) -> None:
        """Nobody can be named by any of its subjects any more."""
        ...

    def account(self, agency: str, subject: str) -> str | None:
        """The account, or None where this agency was never told this subject."""
        ...


class Replays(Protocol):
    """Values that count once: the `jti` of client assertions and of DPoP proofs."""

    def first(self, kind: str, issuer: str, value: str, *, expires_at: datetime) -> bool:
        """True for the first to present it, in one statement; remembered until it expires."""
        ...

    def spend(
        self, kind: str, issuer: str, value: str, *, expires_at: datetime, otherwise: Callable[[], Exception]
    ) -> None:
        """As `first`, for a unit that is nothing without it: raises what `otherwise` makes, by the commit at last."""
        ...

    def purge(self, *, before: datetime, part: str = "") -> int:
        """Forget values that expired before then. All are looked through, or those whose digests begin like this."""
        ...
