"""Proofs of possession towards a foreign server, and its nonces (RFC 9449 §4.2, §8, §9)."""

import hashlib
import re
from collections.abc import Callable, Mapping

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from gateway.oidc import base64url, strict_json
from gateway.ports.clock import Clock
from gateway.ports.egress import Reply
from gateway.ports.tokens import NewToken
from gateway.regions.signed_request import RequestSigner

NONCE = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]{1,512}")  # NQCHAR (RFC 9449 §8.1)
LONGEST = 10_000  # bytes of an error
ASKED = "use_dpop_nonce"


class Prover:
    """One key for as long as this connector runs: tokens are used where they are fetched, and then forgotten."""

    def __init__(self, *, clock: Clock, new_token: NewToken) -> None:
        made = generate_private_key(SECP256R1()).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        self._signer = RequestSigner(made.decode())
        self._jwk = {name: self._signer.public_jwk[name] for name in ("kty", "crv", "x", "y")}
        self._clock = clock
        self._new_token = new_token
        self._nonces: dict[str, str] = {}  # by endpoint, the newest: two of one host may be two servers

    def send(
        self, method: str, url: str, send: Callable[[Mapping[str, str]], Reply], *, access_token: str = ""
    ) -> Reply:
        """The answer to what `send` sends with the proof's header: once, and once more for want of a nonce.

        What counts is the nonce of this very request: another may have learnt the server's while it was on its way.
        """
        sent = self._nonces.get(url)
        reply = send({"DPoP": self._proof(method, url, access_token, sent)})
        told = self._learnt(url, reply)
        if told in (None, sent) or not _wants_nonce(reply):
            return reply
        reply = send({"DPoP": self._proof(method, url, access_token, told)})
        self._learnt(url, reply)
        return reply

    def _proof(self, method: str, url: str, access_token: str, nonce: str | None) -> str:
        claims: dict[str, object] = {
            "jti": self._new_token(),
            "htm": method,
            "htu": url.partition("?")[0].partition("#")[0],
            "iat": int(self._clock().timestamp()),
        }
        if access_token:
            claims["ath"] = base64url.encode(hashlib.sha256(access_token.encode("ascii", "replace")).digest())
        if nonce:
            claims["nonce"] = nonce
        return self._signer.sign(claims, typ="dpop+jwt", header={"jwk": self._jwk})

    def _learnt(self, url: str, reply: Reply) -> str | None:
        """The nonce that came along, kept for the next proof; None where there is none."""
        nonce = reply.headers.get("dpop-nonce", "")
        if not NONCE.fullmatch(nonce):
            return None
        self._nonces[url] = nonce
        return nonce


def _wants_nonce(reply: Reply) -> bool:
    """At a token endpoint the body says so, at a resource the challenge (§8, §9); schemes are in any case."""
    if reply.status == 401 and f'error="{ASKED}"' in reply.headers.get("www-authenticate", ""):
        return True
    if reply.status not in (400, 401):
        return False
    try:
        return strict_json.read_object(reply.body, longest=LONGEST).get("error") == ASKED
    except ValueError:
        return False
