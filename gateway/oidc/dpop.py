"""Demonstrating proof of possession: a JWT that a client signs for one request (RFC 9449 §4.3, numbered as there)."""

import hashlib
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from gateway.frozen import Frozen, Hidden
from gateway.oidc import base64url, compact_jws, numeric_date
from gateway.oidc.compact_jws import JwsRefused
from gateway.oidc.public_key import KeyRefused, PublicKey, admit

TYPE = "dpop+jwt"
LONGEST = 8192  # characters
PAST, AHEAD = timedelta(seconds=60), timedelta(seconds=30)  # how far `iat` may lie from now
# until when a `jti` is remembered, from the moment it was seen: longer than any proof can stay acceptable
MEMORY = PAST + AHEAD + timedelta(seconds=30)


class Proof(Frozen):
    """Verified to the signature; not yet judged. `key` is the thumbprint of the key that signed."""

    claims: Hidden[Mapping[str, Any]]
    key: str

    @property
    def jti(self) -> str:
        return str(self.claims["jti"])


class Use(Frozen):
    """The request that the proof came with. `url` has neither query nor fragment."""

    method: str
    url: str
    at: datetime
    access_token: Hidden[str | None] = None


def read(text: str) -> Proof:
    """The proof, if its form and signature hold. Raises JwsRefused."""
    jws = compact_jws.take_apart(text, longest=LONGEST)  # 2, 3
    if jws.header.get("typ") != TYPE:  # 4
        raise JwsRefused("proof_of_another_kind")
    try:
        key = _admitted(jws.header.get("jwk"))  # 5, 7: strong and asymmetric, and no private part in it
    except KeyRefused as refusal:
        raise JwsRefused(str(refusal)) from None
    compact_jws.verify_with(jws, key)  # 6
    return Proof(claims=compact_jws.read_claims(jws, longest=LONGEST), key=key.thumbprint)


def _admitted(jwk: object) -> PublicKey:
    """The key in a proof. Raises KeyRefused."""
    if isinstance(jwk, dict) and {*map(type, jwk.values())} == {str}:
        return _admit_once(tuple(jwk.items()))
    return admit(jwk)


@lru_cache(maxsize=1000)
def _admit_once(members: tuple[tuple[str, str], ...]) -> PublicKey:
    """A client proves the same key time and again, and reading a key takes a third as long as verifying with it."""
    return admit(dict(members))


Rule = Callable[[Proof, Use], bool]


def _has_jti(proof: Proof, _: Use) -> bool:
    value = proof.claims.get("jti")
    return isinstance(value, str) and 0 < len(value) <= 256


def _fresh(proof: Proof, use: Use) -> bool:
    issued = numeric_date.seconds(proof.claims.get("iat"))
    return (use.at - PAST).timestamp() <= issued <= (use.at + AHEAD).timestamp()


def _not_over(proof: Proof, use: Use) -> bool:
    """`exp` and `nbf` are nothing that a proof needs; where they stand, they are believed."""
    claims = proof.claims
    over = "exp" in claims and not numeric_date.seconds(claims["exp"]) > use.at.timestamp()
    early = "nbf" in claims and not numeric_date.seconds(claims["nbf"]) <= (use.at + AHEAD).timestamp()
    return not over and not early


def _same_url(proof: Proof, use: Use) -> bool:
    told = proof.claims.get("htu")
    return isinstance(told, str) and len(told) <= 2048 and without_query(told) == without_query(use.url)


def _same_token(proof: Proof, use: Use) -> bool:
    return use.access_token is None or proof.claims.get("ath") == token_hash(use.access_token)


RULES: dict[str, Rule] = {
    "proof_without_jti": _has_jti,  # 3
    "proof_for_another_method": lambda proof, use: proof.claims.get("htm") == use.method,  # 8
    "proof_for_another_url": _same_url,  # 9
    "proof_not_fresh": _fresh,  # 11
    "proof_over_or_early": _not_over,
    "proof_for_another_token": _same_token,  # 12
}


def objection(proof: Proof, use: Use) -> str | None:
    """The first rule this proof breaks, or None if it is good for this use."""
    for name, holds in RULES.items():
        if not holds(proof, use):
            return name
    return None


@lru_cache(maxsize=100)
def without_query(url: str) -> str:
    """The URL as proofs compare it: scheme and host in lower case, default port and query left out (§4.3, 9)."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return ""
    scheme, host = parts.scheme.lower(), (parts.hostname or "").lower()
    shown = "" if port is None or (scheme, port) in (("https", 443), ("http", 80)) else f":{port}"
    return f"{scheme}://{host}{shown}{parts.path}"


def token_hash(access_token: str) -> str:
    """`ath` (§4.2)."""
    return base64url.encode(hashlib.sha256(access_token.encode("ascii", "replace")).digest())
