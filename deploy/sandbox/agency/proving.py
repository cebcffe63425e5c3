"""Requests with a proof of possession, so that a token that is stolen serves nobody else (RFC 9449)."""

import base64
import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit, urlunsplit

from joserfc import jwt
from joserfc.jwk import ECKey

from deploy.sandbox.agency.keys import ALGORITHM
from deploy.sandbox.agency.provider import answered
from gateway.ports.clock import Clock
from gateway.ports.egress import Egress, Reply
from gateway.ports.tokens import NewToken

Headed = Callable[[], tuple[Mapping[str, str], bytes]]  # headers and body, made anew for each try


def fresh_key() -> ECKey:
    """A key for proofs alone, for as long as the process lives."""
    return ECKey.generate_key("P-256", private=True)


@dataclass(slots=True, kw_only=True)
class Proving:
    """Sends requests with proofs; remembers the nonce that the gateway wants in them (§8)."""

    send: Egress
    clock: Clock
    new_token: NewToken
    key: ECKey = field(default_factory=fresh_key, repr=False)
    _nonce: str | None = field(default=None, repr=False)

    def __call__(self, method: str, url: str, made: Headed, *, token: str | None = None) -> Reply:
        """The answer; where it asks for a nonce, the answer to a second try with it. Raises ProviderFailed."""
        reply = self._once(method, url, made, token)
        return self._once(method, url, made, token) if _wants_nonce(reply) else reply

    def headers(self, method: str, url: str, token: str | None = None) -> dict[str, str]:
        """What a request carries to prove the key, and the token that is bound to it (§7.1)."""
        proof = {"dpop": self._proof(method, url, token)}
        return proof if token is None else {**proof, "authorization": f"DPoP {token}"}

    def _once(self, method: str, url: str, made: Headed, token: str | None) -> Reply:
        headers, body = made()
        carried = {**headers, **self.headers(method, url, token)}
        reply = answered(lambda: self.send(method, url, headers=carried, body=body))
        self._nonce = reply.headers.get("dpop-nonce", self._nonce)
        return reply

    def _proof(self, method: str, url: str, token: str | None) -> str:
        bare = urlunsplit(urlsplit(url)._replace(query="", fragment=""))
        claims: dict[str, object] = {
            "jti": self.new_token(),
            "htm": method,
            "htu": bare,
            "iat": int(self.clock().timestamp()),
        }
        if self._nonce is not None:
            claims["nonce"] = self._nonce
        if token is not None:
            digest = hashlib.sha256(token.encode("ascii")).digest()
            claims["ath"] = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        header = {"typ": "dpop+jwt", "alg": ALGORITHM, "jwk": self.key.as_dict(private=False)}
        return jwt.encode(header, claims, self.key, algorithms=[ALGORITHM])


def _wants_nonce(reply: Reply) -> bool:
    """RFC 9449 §8 at the token endpoint, §9 at a resource."""
    if reply.status == 401:
        return "use_dpop_nonce" in reply.headers.get("www-authenticate", "")
    if reply.status != 400:
        return False
    try:
        told = json.loads(reply.body)
    except ValueError:
        return False
    return isinstance(told, dict) and told.get("error") == "use_dpop_nonce"
