"""Which public keys are admitted, and verifying with them (RFC 7517, RFC 7518 §3, RFC 8725; FAPI 2.0 §5.4).

A key is bound to one algorithm when it is read; a signature names an algorithm, but never chooses one.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from gateway.oidc import base64url

# FAPI 2.0 Security Profile §5.4.1: these and no others
STRONG = frozenset({"PS256", "ES256", "EdDSA"})
# RFC 9864 §2.2 gives EdDSA over this curve a name of its own, which newer clients write
OTHER_NAMES = {"Ed25519": "EdDSA"}

SECRET_PARTS = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})
LEAST_RSA_BITS, MOST_RSA_BITS = 2048, 4096
# RFC 7638 §3.2: the members that make a key what it is, in lexical order
THUMBPRINT_PARTS = {"EC": ("crv", "kty", "x", "y"), "RSA": ("e", "kty", "n"), "OKP": ("crv", "kty", "x")}
# Powers of 65537 modulo small primes: a modulus in all of these classes was made by the broken generator of
# CVE-2017-15361 ("ROCA"), and can be factored.
ROCA_PRIMES = (11, 13, 17, 19, 37, 53, 61, 71, 73, 79, 97, 103, 107, 109, 127, 151, 157)
ROCA_CLASSES = {prime: frozenset(pow(65537, power, prime) for power in range(prime)) for prime in ROCA_PRIMES}

PSS = padding.PSS(mgf=padding.MGF1(SHA256()), salt_length=32)  # RFC 7518 §3.5
ECDSA = ec.ECDSA(SHA256())


class KeyRefused(ValueError):
    """A JWK that is not admitted; the message is the reason's slug."""


# Given signature and message; raises InvalidSignature when they do not belong together.
Check = Callable[[bytes, bytes], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicKey:
    """One admitted key with the one algorithm it serves."""

    kid: str | None
    algorithm: str
    thumbprint: str  # RFC 7638, SHA-256
    jwk: Mapping[str, object] = field(repr=False)  # public members only
    check: Check = field(repr=False, compare=False)

    def verifies(self, signature: bytes, message: bytes) -> bool:
        """Whether the signature over the message is this key's."""
        try:
            self.check(signature, message)
        except InvalidSignature:
            return False
        return True


def admit(jwk: object, *, algorithms: frozenset[str] = STRONG) -> PublicKey:
    """The key in a JWK, if it is strong, public and meant for signatures. Raises KeyRefused."""
    if not isinstance(jwk, Mapping):
        raise KeyRefused("key_not_an_object")
    if SECRET_PARTS & jwk.keys():
        raise KeyRefused("key_private")
    _refuse_other_uses(jwk)
    kid = jwk.get("kid")
    if kid is not None and not (isinstance(kid, str) and 0 < len(kid) <= 200):
        raise KeyRefused("key_id_malformed")
    kind = jwk.get("kty")
    if not isinstance(kind, str) or kind not in READERS:
        raise KeyRefused("key_type_not_admitted")
    algorithm, check = READERS[kind](jwk, algorithms)
    if named(jwk.get("alg", algorithm)) != algorithm:
        raise KeyRefused("key_algorithm_not_admitted")
    return PublicKey(kid=kid, algorithm=algorithm, thumbprint=thumbprint(jwk), jwk=dict(jwk), check=check)


def named(algorithm: object) -> str:
    """The name under which we know an algorithm; empty for what is no name."""
    return OTHER_NAMES.get(algorithm, algorithm) if isinstance(algorithm, str) else ""


def thumbprint(jwk: Mapping[str, object]) -> str:
    """The SHA-256 thumbprint of an admitted JWK (RFC 7638 §3)."""
    members = ",".join(f'"{name}":"{jwk[name]}"' for name in THUMBPRINT_PARTS[str(jwk["kty"])])
    return base64url.encode(hashlib.sha256(f"{{{members}}}".encode()).digest())


def _refuse_other_uses(jwk: Mapping[str, object]) -> None:
    if jwk.get("use", "sig") != "sig":
        raise KeyRefused("key_not_for_signatures")
    operations = jwk.get("key_ops", ["verify"])
    if operations != ["verify"]:  # RFC 7517 §4.3: no duplicates, no unrelated operations
        raise KeyRefused("key_not_for_signatures")


def _read_ec(jwk: Mapping[str, object], algorithms: frozenset[str]) -> tuple[str, Check]:
    if jwk.get("crv") != "P-256" or "ES256" not in algorithms:
        raise KeyRefused("key_curve_not_admitted")
    x, y = _bytes(jwk, "x", length=32), _bytes(jwk, "y", length=32)
    try:
        key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), b"\x04" + x + y)
    except ValueError:
        raise KeyRefused("key_not_on_curve") from None

    def check(signature: bytes, message: bytes) -> None:
        if len(signature) != 64:  # RFC 7518 §3.4: r and s, 32 bytes each; never DER
            raise InvalidSignature
        r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
        if not (r and s):
            raise InvalidSignature
        key.verify(encode_dss_signature(r, s), message, ECDSA)

    return "ES256", check


def _read_rsa(jwk: Mapping[str, object], algorithms: frozenset[str]) -> tuple[str, Check]:
    # a key that does not say is one for the better of the two that may be used
    wanted = jwk.get("alg", "PS256" if "PS256" in algorithms else "RS256")
    if wanted not in ("PS256", "RS256") or wanted not in algorithms:
        raise KeyRefused("key_algorithm_not_admitted")
    modulus, exponent = (int.from_bytes(_bytes(jwk, name), "big") for name in ("n", "e"))
    if not LEAST_RSA_BITS <= modulus.bit_length() <= MOST_RSA_BITS:
        raise KeyRefused("key_size_not_admitted")
    if exponent != 65537:
        raise KeyRefused("key_exponent_not_admitted")
    if all(modulus % prime in classes for prime, classes in ROCA_CLASSES.items()):
        raise KeyRefused("key_factorable")
    try:
        key = rsa.RSAPublicNumbers(exponent, modulus).public_key()
    except ValueError:
        raise KeyRefused("key_malformed") from None
    scheme: Any = PSS if wanted == "PS256" else padding.PKCS1v15()

    def check(signature: bytes, message: bytes) -> None:
        key.verify(signature, message, scheme, SHA256())

    return str(wanted), check


def _read_okp(jwk: Mapping[str, object], algorithms: frozenset[str]) -> tuple[str, Check]:
    if jwk.get("crv") != "Ed25519" or "EdDSA" not in algorithms:
        raise KeyRefused("key_curve_not_admitted")
    try:
        key = ed25519.Ed25519PublicKey.from_public_bytes(_bytes(jwk, "x", length=32))
    except ValueError:
        raise KeyRefused("key_malformed") from None
    return "EdDSA", key.verify


READERS = {"EC": _read_ec, "RSA": _read_rsa, "OKP": _read_okp}


def _bytes(jwk: Mapping[str, object], name: str, *, length: int | None = None) -> bytes:
    text = jwk.get(name)
    if not isinstance(text, str) or not 0 < len(text) <= 1024:
        raise KeyRefused("key_malformed")
    try:
        value = base64url.decode(text)
    except ValueError:
        raise KeyRefused("key_malformed") from None
    # RFC 7518 §6.2.1.2: coordinates have their full length; §6.3.1.1: integers have no leading zero
    if len(value) != length if length is not None else value[0] == 0:
        raise KeyRefused("key_malformed")
    return value
