"""Find a client with its keys parsed: kept in the process, checked against the stored version."""

from datetime import datetime, timedelta

from gateway.frozen import Frozen
from gateway.oidc.client import Client
from gateway.oidc.key_set import KeySet
from gateway.oidc.public_key import KeyRefused
from gateway.ports.clock import Clock
from gateway.ports.work import OpenWork


class KnownClient(Frozen, kw_only=False):
    """A client that may act now, and its admitted keys."""

    client: Client
    keys: KeySet


class FindClient:
    """Parsing keys costs more than using them, so they are kept; after `recheck` one cheap query asks for changes."""

    def __init__(self, *, open_work: OpenWork, clock: Clock, recheck: timedelta = timedelta(seconds=1)) -> None:
        self._open_work = open_work
        self._clock = clock
        self._recheck = recheck
        self._kept: dict[str, tuple[KnownClient, datetime]] = {}

    def __call__(self, client: str) -> KnownClient | None:
        """The client, or None if there is none or it is disabled."""
        known = self.known(client)
        return known if known is not None and known.client.active else None

    def known(self, client: str) -> KnownClient | None:
        """The client, disabled or not."""
        now = self._clock()
        kept = self._kept.get(client)
        if kept is not None and now - kept[1] < self._recheck:
            return kept[0]
        known = self._ask(client, kept[0] if kept else None)
        if known is None:
            self._kept.pop(client, None)
            return None
        self._kept[client] = known, now  # one assignment: threads may both ask, and both are right
        return known

    def _ask(self, client: str, kept: KnownClient | None) -> KnownClient | None:
        with self._open_work(write=False) as work:
            if kept is not None and work.clients.version(client) == kept.client.version:
                return kept
            found = work.clients.find(client)
        return KnownClient(found, _keys(found)) if found else None


def _keys(client: Client) -> KeySet:
    """The client's keys; none if they are not admitted, so that nothing it signs is believed."""
    try:
        return KeySet.read(client.jwks)
    except KeyRefused:
        return KeySet(())
