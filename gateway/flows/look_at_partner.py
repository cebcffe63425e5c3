"""How things stand between us and one partner's client: what went wrong, its keys, what it was told, what it may do."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum

from gateway.flows.client_limits import MINUTE, ClientLimits
from gateway.flows.find_client import FindClient
from gateway.frozen import Frozen
from gateway.oidc import key_health
from gateway.oidc.client import Client
from gateway.oidc.delivery import Delivery
from gateway.oidc.integration_error import IntegrationError
from gateway.oidc.key_health import Health, KeyLine
from gateway.oidc.key_set import KeySet
from gateway.oidc.public_key import KeyRefused, PublicKey, admit
from gateway.ports.clock import Clock
from gateway.ports.partners import KeptKeys
from gateway.ports.work import OpenWork

MOST = 200
DELIVERIES = 50


class KeyTrouble(StrEnum):
    """What is to be seen to about a client's keys, worst first."""

    NONE_USABLE = "no_usable_key"
    EXPIRED = "key_expired"
    ADDRESS_FAILS = "key_address_fails"
    EXPIRES_SOON = "key_expires_soon"


class KeyState(Frozen):
    """`url` is where they are fetched, None where they are enrolled; then nothing was fetched, and nothing can fail."""

    url: str | None
    fetched_at: datetime | None
    asked_at: datetime | None
    problem: str | None
    keys: tuple[KeyLine, ...]

    @property
    def troubles(self) -> tuple[KeyTrouble, ...]:
        healths = {key.health for key in self.keys}
        found = {
            KeyTrouble.NONE_USABLE: not self.keys and (self.url is None or self.asked_at is not None),
            KeyTrouble.EXPIRED: Health.EXPIRED in healths,
            KeyTrouble.ADDRESS_FAILS: self.problem is not None,
            KeyTrouble.EXPIRES_SOON: Health.EXPIRES_SOON in healths,
        }
        return tuple(trouble for trouble, there in found.items() if there)


class LimitState(Frozen):
    """`used_up` is the part of a minute's number that still counts, of a hundred."""

    requests_per_minute: int
    used_up: int


class PartnerState(Frozen):
    client: Client
    keys: KeyState
    limits: LimitState
    deliveries: tuple[Delivery, ...]


class LookAtPartner(Frozen):
    find_client: FindClient
    limits: ClientLimits
    open_work: OpenWork
    clock: Clock

    def count(self, client: str) -> None:
        """Count a request with a token against the client's number: each may be a row and an audit entry.

        Raises RequestRefused.
        """
        known = self.find_client(client)
        if known is not None:
            self.limits(known.client)

    def errors(self, client: str, *, limit: int = 50, before: str | None = None) -> tuple[IntegrationError, ...]:
        """The last refusals of this client's requests, newest first."""
        with self.open_work(write=False) as work:
            return work.integration_errors.list(client, limit=max(1, min(limit, MOST)), before=before)

    def state(self, client: str) -> PartnerState | None:
        """Everything but the errors; None when there is no such client, or it may not act."""
        known = self.find_client(client)
        if known is None:
            return None
        at = self.clock()
        with self.open_work(write=False) as work:
            kept = work.partner_keys.find(client)
            full = work.client_buckets.full_until(client)
            deliveries = work.deliveries.list(client=client, limit=DELIVERIES)
        ahead = max(0.0, (full - at) / MINUTE) if full is not None else 0.0
        return PartnerState(
            client=known.client,
            keys=key_state(known.client, kept, at=at),
            limits=LimitState(
                requests_per_minute=self.limits.allowed(known.client), used_up=min(100, int(ahead * 100))
            ),
            deliveries=deliveries,
        )


def key_state(client: Client, kept: KeptKeys | None, *, at: datetime) -> KeyState:
    """A client's keys, from where they come."""
    url = client.jwks_uri
    if url is None:
        return _state(client.jwks, at=at)
    if kept is None or kept.url != url:
        return _state({}, at=at, url=url)
    return _state(kept.jwks, at=at, url=url, fetched_at=kept.fetched_at, asked_at=kept.asked_at, problem=kept.problem)


def _state(
    jwks: Mapping[str, object],
    *,
    at: datetime,
    url: str | None = None,
    fetched_at: datetime | None = None,
    asked_at: datetime | None = None,
    problem: str | None = None,
) -> KeyState:
    listed = jwks.get("keys")
    keys = KeySet(tuple(_usable(listed if isinstance(listed, list) else ())))
    lines = key_health.lines(keys, at=at)
    return KeyState(url=url, fetched_at=fetched_at, asked_at=asked_at, problem=problem, keys=lines)


def _usable(listed: Iterable[object]) -> Iterable[PublicKey]:
    for jwk in listed:
        try:
            yield admit(jwk)
        except KeyRefused:
            continue
