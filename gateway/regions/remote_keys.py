"""A foreign party's public keys: cached, refetched when a key is unknown (within a budget), last good kept.

What makes others fail: keys kept for the life of a process, and a fetch for every forged token.
"""

from collections.abc import Callable
from datetime import timedelta

from gateway.errors import AssertionRejected, RegionError, RegionUnavailable
from gateway.oidc.compact_jws import Jws, JwsRefused, verify
from gateway.oidc.key_set import MOST_KEYS, KeySet
from gateway.oidc.public_key import KeyRefused, PublicKey, admit
from gateway.ports.clock import Clock
from gateway.ports.egress import Egress
from gateway.regions import upstream
from gateway.regions.kept import Kept

WORTH_A_REFETCH = ("key_unknown", "signature_wrong")


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
        self._algorithms = algorithms
        self._keys = Kept(self._fetch, clock=clock, live=live, retry_after=refetch_after)

    def verify(self, jws: Jws) -> None:
        """Verify with a current key; once more with fresh keys when the first set does not know or fit it."""
        keys = self._keys()
        try:
            verify(jws, keys)
        except JwsRefused as refused:
            fresh = self._keys.again(keys) if str(refused) in WORTH_A_REFETCH else keys
            if fresh is keys:
                raise
            verify(jws, fresh)

    def _fetch(self) -> KeySet:
        try:
            reply = upstream.send(self._egress, self._region, "GET", self._url())
            return self._admitted(upstream.read_object(reply, self._region))
        except RegionError:
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
