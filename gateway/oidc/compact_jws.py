"""Compact JWS from outside: taken apart strictly, verified with a key that we chose (RFC 7515 §5.2, RFC 8725)."""

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from gateway.frozen import Frozen, Hidden
from gateway.oidc import base64url, strict_json
from gateway.oidc.key_set import KeySet
from gateway.oidc.public_key import PublicKey, named

LONGEST_HEADER = 4096  # characters; room for a `jwk` or `x5c` that we may have to refuse by its own name
LONGEST_REMEMBERED = 1024  # characters


class JwsRefused(ValueError):
    """A JWS that is malformed or does not verify; the message is the reason's slug."""


class Jws(Frozen):
    """Taken apart, and not yet to be believed."""

    header: Hidden[Mapping[str, Any]]
    algorithm: str
    payload: Hidden[bytes]
    signature: Hidden[bytes]
    signed: Hidden[bytes]  # the octets under the signature


def take_apart(text: str, *, longest: int) -> Jws:
    """The three parts of a compact JWS. Raises JwsRefused."""
    if len(text) > longest:
        raise JwsRefused("jws_too_long")
    parts = text.split(".")
    if len(parts) != 3 or not text.isascii():
        raise JwsRefused("jws_malformed")
    try:
        read = _known_header if len(parts[0]) <= LONGEST_REMEMBERED else _header
        header, algorithm = read(parts[0])
        payload, signature = base64url.decode(parts[1]), base64url.decode(parts[2])
    except ValueError:
        raise JwsRefused("jws_malformed") from None
    if "crit" in header or "b64" in header:  # RFC 7515 §4.1.11: no extension is understood here
        raise JwsRefused("jws_extension_unknown")
    signed = text[: len(parts[0]) + 1 + len(parts[1])].encode("ascii")
    return Jws(header=header, algorithm=algorithm, payload=payload, signature=signature, signed=signed)


def _header(text: str) -> tuple[Mapping[str, Any], str]:
    """The header, and the algorithm that it names."""
    header = strict_json.read_object(base64url.decode(text), longest=LONGEST_HEADER)
    return MappingProxyType(header), named(header.get("alg"))


# A header says which key and how, so a partner writes the same one each time; it is believed no more for being known.
_known_header = lru_cache(maxsize=500)(_header)


def verify(jws: Jws, keys: KeySet) -> PublicKey:
    """The key of the set that made the signature. Keys and key addresses in the header are never looked at."""
    kid = jws.header.get("kid")
    if kid is not None and not isinstance(kid, str):
        raise JwsRefused("jws_malformed")
    key = keys.find(kid, jws.algorithm)
    if key is None:
        raise JwsRefused("key_unknown")
    verify_with(jws, key)
    return key


def verify_with(jws: Jws, key: PublicKey) -> None:
    """Check the signature with this key, whose algorithm must be the one the header names."""
    if jws.algorithm != key.algorithm:
        raise JwsRefused("algorithm_other_than_the_keys")
    if not key.verifies(jws.signature, jws.signed):
        raise JwsRefused("signature_wrong")


def read_claims(jws: Jws, *, longest: int) -> dict[str, Any]:
    """The payload as claims (RFC 7519 §7.2). Raises JwsRefused."""
    try:
        return strict_json.read_object(jws.payload, longest=longest)
    except ValueError:
        raise JwsRefused("claims_malformed") from None
