"""A foreign party's public keys: cached, refetched when a key is unknown (within a budget), last good kept.

What makes others fail (federation.md §2): keys kept for the life of a process, and a fetch for every forged token.
"""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

from gateway.errors import AssertionRejected, RegionUnavailable
from gateway.oidc.compact_jws import Jws, JwsRefused, verify
from gateway.oidc.key_set import MOST_KEYS, KeySet
from gateway.oidc.public_key import KeyRefused, PublicKey, admit
from gateway.ports.clock import Clock
from gateway.ports.egress import Egress
from gateway.regions import upstream


class RemoteKeys:
    """The keys at one address."""

    def __init__(
        self,
        url: Callable[[], str],
        *,
        region: str,
        egress: Egress,
        clock: Clock,
        algorithms: frozenset[str],
        live: timedelta,
        refetch_after: timedelta,
    ) -> None:
        self._url = url
        self._region = region
        self._egress = egress
        self._clock = clock
        self._algorithms = algorithms
        self._live = live
        self._refetch_after = refetch_after
        self._lock = threading.Lock()
        self._held: KeySet | None = None
        self._asked_at: datetime | None = None

    def verify(self, jws: Jws) -> None:
        """Verify with a current key; once more with fresh keys when the first set does not know or fit it."""
        keys = self._current()
        try:
            verify(jws, keys)
        except JwsRefused as refused:
            if str(refused) not in ("key_unknown", "signature_wrong"):
                raise
            fresh = self._refetched(keys)
            if fresh is keys:
                raise
            verify(jws, fresh)

    def _current(self) -> KeySet:
        with self._lock:
            now = self._clock()
            if self._held is None or self._asked_at is None or now - self._asked_at > self._live:
                self._fetch(now)
            assert self._held is not None
            return self._held

    def _refetched(self, seen: KeySet) -> KeySet:
        with self._lock:
            now = self._clock()
            if self._held is seen and self._asked_at is not None and now - self._asked_at >= self._refetch_after:
                self._fetch(now)
            return self._held or seen

    def _fetch(self, now: datetime) -> None:
        """Fetch; when that fails, what was last good stays good."""
        self._asked_at = now
        try:
            reply = upstream.send(self._egress, self._region, "GET", self._url())
            self._held = self._admitted(upstream.read_object(reply, self._region))
        except (RegionUnavailable, AssertionRejected):
            if self._held is None:
                self._asked_at = None
                raise RegionUnavailable("keys_unavailable", region=self._region) from None

    def _admitted(self, jwks: dict[str, object]) -> KeySet:
        """Keys that we may use; a provider's others (for encryption, of older kinds) are none of our business."""
        listed = jwks.get("keys")
        keys: list[PublicKey] = []
        for jwk in listed[:MOST_KEYS] if isinstance(listed, list) else ():
            try:
                keys.append(admit(jwk, algorithms=self._algorithms))
            except KeyRefused:
                continue
        if not keys:
            raise AssertionRejected("keys_unusable", region=self._region)
        return KeySet(tuple(keys))
