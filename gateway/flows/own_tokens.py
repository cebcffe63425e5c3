"""Access tokens of ours: signed here, and read when they come back (RFC 9068 §4).

One that this process signed or verified lately needs no second look at its signature, as long as our keys are the
same. Whether it still holds is asked each time: that is not a matter of its signature.
"""

import hashlib
from collections.abc import Mapping
from typing import Any

import orjson
from msgspec import field

from gateway.flows.remembered import Remembered
from gateway.frozen import Frozen, Hidden
from gateway.oidc import access_token, compact_jws
from gateway.oidc.access_token import AccessToken
from gateway.oidc.compact_jws import JwsRefused
from gateway.oidc.key_set import KeySet
from gateway.ports.signing import TokenSigner

MOST_REMEMBERED = 500  # of some two kilobytes; most are shown within a second of being given

Claims = Mapping[str, Any]


class OwnTokens(Frozen):
    """Remembered by the digest of the whole token: what can be presented lies nowhere."""

    issuer: str
    signer: TokenSigner
    remembered: Hidden[Remembered[bytes, tuple[KeySet, AccessToken]]] = field(
        default_factory=lambda: Remembered(MOST_REMEMBERED)
    )

    def sign(self, claims: Claims) -> str:
        """An access token that says this."""
        text = self.signer.sign(claims, typ=access_token.TYPE)
        # written and read, so that it says exactly what it would say to who verified it
        self._remember(text, access_token.read(orjson.loads(orjson.dumps(claims))))
        return text

    def read(self, text: str) -> AccessToken:
        """What the token says, whoever it serves and however old it is. Raises JwsRefused when it is not ours."""
        known = self.remembered.get(_digest(text))
        if known is not None and known[0] is self.signer.key_set():
            return known[1]
        jws = compact_jws.take_apart(text, longest=access_token.LONGEST)
        compact_jws.verify(jws, self.signer.key_set())
        claims = compact_jws.read_claims(jws, longest=access_token.LONGEST)
        if problem := access_token.objection_to_kind(claims, jws.header.get("typ"), issuer=self.issuer):
            raise JwsRefused(problem)
        token = access_token.read(claims)
        self._remember(text, token)
        return token

    def _remember(self, text: str, token: AccessToken) -> None:
        self.remembered.put(_digest(text), (self.signer.key_set(), token))


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
