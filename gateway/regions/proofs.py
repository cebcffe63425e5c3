"""Proofs of possession towards a foreign server, and its nonces (RFC 9449 §4.2, §8, §9)."""

import hashlib
import re

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

    def prove(self, method: str, url: str, *, access_token: str = "") -> str:
        """A proof for one request."""
        claims: dict[str, object] = {
            "jti": self._new_token(),
            "htm": method,
            "htu": url.partition("?")[0].partition("#")[0],
            "iat": int(self._clock().timestamp()),
        }
        if access_token:
            claims["ath"] = base64url.encode(hashlib.sha256(access_token.encode("ascii", "replace")).digest())
        if nonce := self._nonces.get(url):
            claims["nonce"] = nonce
        return self._signer.sign(claims, typ="dpop+jwt", header={"jwk": self._jwk})

    def learn(self, url: str, reply: Reply) -> bool:
        """Keep the nonce that came along; whether the request was refused for want of it, and is worth repeating."""
        nonce = reply.headers.get("dpop-nonce", "")
        if not NONCE.fullmatch(nonce):
            return False
        known = self._nonces.get(url)
        self._nonces[url] = nonce
        return nonce != known and _wants_nonce(reply)


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
