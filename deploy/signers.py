"""The gateway's signing ports over the key store: tokens, receipts, and the keys of pairwise subjects.

A compact JWS is put together by hand here: for what we sign ourselves that takes half the time of a JOSE library.
Whatever is parsed from outside goes through gateway/oidc.
"""

from collections.abc import Callable, Mapping
from typing import Any

import orjson
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from gateway.oidc import base64url
from gateway.oidc.key_set import KeySet
from gateway.oidc.public_key import STRONG
from trust.custody.key_store import KeyStore
from trust.custody.stored_key import StoredKey
from trust.errors import KeyUnavailable
from trust.keys.key import Purpose

PSS = padding.PSS(mgf=padding.MGF1(SHA256()), salt_length=32)  # RFC 7518 §3.5
ECDSA = ec.ECDSA(SHA256())
OURS = STRONG | {"RS256"}  # RS256 only for clients that an operator marked as plain OpenID Connect


class TokenSigner:
    """Implements gateway.ports.signing.TokenSigner."""

    def __init__(self, keys: KeyStore) -> None:
        self._keys = keys
        self._published: tuple[tuple[StoredKey, ...], KeySet] | None = None
        self._heads: dict[tuple[str, str], str] = {}

    def sign(self, claims: Mapping[str, object], *, typ: str, algorithm: str = "ES256") -> str:
        """A compact JWS under the active key of this algorithm."""
        key = _current(self._keys, Purpose.TOKEN, algorithm)
        return self._compact(key, typ, orjson.dumps(dict(claims)))

    def key_set(self) -> KeySet:
        """Every key that is published, active or retiring; the same object until that changes."""
        usable = self._keys.usable(Purpose.TOKEN)
        published = self._published
        if published is None or published[0] is not usable:
            keys = published[1] if published is not None and published[0] == usable else _published(usable)
            published = self._published = (usable, keys)
        return published[1]

    def _compact(self, key: StoredKey, typ: str, payload: bytes) -> str:
        head = self._heads.get((key.kid, typ))
        if head is None:
            head = self._heads[(key.kid, typ)] = _head(key, typ)
        return _sign(key, f"{head}.{base64url.encode(payload)}")


class ReceiptSigner:
    """Implements gateway.ports.receipts.ReceiptSigner."""

    def __init__(self, keys: KeyStore) -> None:
        self._keys = keys

    def sign(self, payload: bytes, *, typ: str) -> str:
        """A compact JWS (ES256) over exactly these bytes."""
        key = _current(self._keys, Purpose.RECEIPT, "ES256")
        return _sign(key, f"{_head(key, typ)}.{base64url.encode(payload)}")

    def keys(self) -> Mapping[str, Mapping[str, object]]:
        """Public keys by kid, retired ones too: a receipt outlives its key's use."""
        return {key.kid: public_jwk(key) for key in self._keys.keys() if key.purpose is Purpose.RECEIPT}  # noqa: SIM118 - a store, not a dict


class PairwiseKeys:
    """Implements gateway.ports.claims.PairwiseKeys."""

    def __init__(self, keys: KeyStore) -> None:
        self._keys = keys

    @property
    def newest(self) -> int:
        """The version under which new subjects are made."""
        return self._keys.current(Purpose.PAIRWISE).generation

    def secret(self, version: int) -> bytes:
        """The HMAC key of a version."""
        try:
            return self._keys.of_generation(Purpose.PAIRWISE, version).secret
        except KeyUnavailable as gone:
            raise LookupError(gone.reason) from None


def public_jwk(key: StoredKey) -> dict[str, Any]:
    """The public half as a JWK (RFC 7517, RFC 7518 §6)."""
    public = key.private_key.public_key()
    common = {"kid": key.kid, "use": "sig", "alg": key.algorithm}
    if isinstance(public, ec.EllipticCurvePublicKey):
        numbers = public.public_numbers()
        x, y = numbers.x.to_bytes(32, "big"), numbers.y.to_bytes(32, "big")
        return {"kty": "EC", "crv": "P-256", "x": base64url.encode(x), "y": base64url.encode(y), **common}
    assert isinstance(public, rsa.RSAPublicKey)  # Ed25519 makes seals only
    rsa_numbers = public.public_numbers()
    n, e = (value.to_bytes((value.bit_length() + 7) // 8, "big") for value in (rsa_numbers.n, rsa_numbers.e))
    return {"kty": "RSA", "n": base64url.encode(n), "e": base64url.encode(e), **common}


def _published(keys: tuple[StoredKey, ...]) -> KeySet:
    return KeySet.read({"keys": [public_jwk(key) for key in keys]}, algorithms=OURS)


def _current(keys: KeyStore, purpose: Purpose, algorithm: str) -> StoredKey:
    try:
        return keys.current(purpose, algorithm=algorithm)
    except KeyUnavailable as missing:
        raise LookupError(missing.reason) from None


def _head(key: StoredKey, typ: str) -> str:
    return base64url.encode(orjson.dumps({"alg": key.algorithm, "kid": key.kid, "typ": typ}))


def _sign(key: StoredKey, signed: str) -> str:
    signature = SIGNATURES[key.algorithm](key.material, signed.encode("ascii"))
    return f"{signed}.{base64url.encode(signature)}"


def _es256(key: Any, message: bytes) -> bytes:
    r, s = decode_dss_signature(key.sign(message, ECDSA))
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")  # RFC 7518 §3.4


# a stored key's material is of its algorithm's kind, as the key store made or admitted it
SIGNATURES: Mapping[str, Callable[[Any, bytes], bytes]] = {
    "ES256": _es256,
    "PS256": lambda key, message: bytes(key.sign(message, PSS, SHA256())),
    "RS256": lambda key, message: bytes(key.sign(message, padding.PKCS1v15(), SHA256())),
}
