"""Nonces of ours for proofs: nothing is stored, and every process gives and knows the same (RFC 9449 §8).

A nonce is the keyed hash of a stretch of time. The present one and the one before are good, so that a proof can be
made at leisure, and none is good for longer than twice the stretch.
"""

import hmac
from datetime import timedelta

from gateway.frozen import Frozen
from gateway.ports.clock import Clock
from gateway.ports.vault import Vault

KIND = "dpop_nonce"


class DpopNonces(Frozen):
    vault: Vault
    clock: Clock
    lifetime: timedelta

    def current(self) -> str:
        """The nonce that the next proof should carry."""
        return self._of(self._stretch())

    def holds(self, nonce: object) -> bool:
        """Whether a proof may carry this now."""
        if not isinstance(nonce, str):
            return False
        now, told = self._stretch(), nonce.encode("utf-8", "surrogatepass")
        return any(hmac.compare_digest(told, self._of(one).encode()) for one in (now, now - 1))

    def _stretch(self) -> int:
        return int(self.clock().timestamp() // self.lifetime.total_seconds())

    def _of(self, stretch: int) -> str:
        return self.vault.index(KIND, str(stretch))
