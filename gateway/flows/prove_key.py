"""Check a client's proof that it holds a key, for exactly this request (DPoP, RFC 9449)."""

from datetime import datetime

from gateway.errors import RequestRefused
from gateway.flows.dpop_nonces import DpopNonces
from gateway.frozen import Frozen
from gateway.oidc import dpop
from gateway.oidc.compact_jws import JwsRefused
from gateway.ports.clock import Clock
from gateway.ports.work import Work

REPLAY_KIND = "dpop"


class KeyProof(Frozen):
    """A proof good for one act: `spend` it in the transaction of that act."""

    key: str
    jti: str
    expires_at: datetime

    def spend(self, work: Work) -> None:
        """Raises RequestRefused when it was spent before, by the commit at last."""
        work.replays.spend(REPLAY_KIND, self.key, self.jti, expires_at=self.expires_at, otherwise=_replayed)


class ProveKey(Frozen):
    """`base_url` is the issuer: the URL that a proof names is ours from outside, whatever a proxy makes of it."""

    base_url: str
    clock: Clock
    nonces: DpopNonces | None = None  # where proofs must carry a nonce of ours

    def __call__(
        self, header: str | None, *, method: str, path: str, access_token: str | None = None
    ) -> KeyProof | None:
        """What the DPoP header proves, or None without one. Raises RequestRefused with `invalid_dpop_proof`."""
        if header is None:
            return None
        use = dpop.Use(method=method, url=self.base_url + path, at=self.clock(), access_token=access_token)
        try:
            proof = dpop.read(header)
        except JwsRefused as refusal:
            raise refused(str(refusal)) from None
        if problem := dpop.objection(proof, use):
            raise refused(problem)
        if self.nonces is not None and not self.nonces.holds(proof.claims.get("nonce")):  # §4.3, 10
            raise RequestRefused("proof_without_present_nonce", code="use_dpop_nonce")
        return KeyProof(key=proof.key, jti=proof.jti, expires_at=use.at + dpop.MEMORY)


def _replayed() -> RequestRefused:
    return refused("proof_replayed")


def refused(reason: str) -> RequestRefused:
    return RequestRefused(reason, code="invalid_dpop_proof")
