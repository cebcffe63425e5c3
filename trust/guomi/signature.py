"""Whether a value is a key's signature over a message: SM2 by us, RSA and ECDSA (met beside it) by cryptography."""

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import load_der_public_key

from trust.frozen import Frozen, Hidden
from trust.guomi import sm2, sm3
from trust.guomi.curve import Point

SM2_WITH_SM3 = "1.2.156.10197.1.501"  # GM/T 0006
SM2_CURVE = "1.2.156.10197.1.301"
EC_KEY = "1.2.840.10045.2.1"
RSA_KEY = "1.2.840.113549.1.1.1"
# What signers of messages write for SM2, met in practice; a certificate may only say SM2_WITH_SM3.
SM2_IN_MESSAGES = frozenset({SM2_WITH_SM3, SM2_CURVE, "1.2.156.10197.1.301.1", EC_KEY})
NAMED: dict[str, tuple[str, str]] = {
    SM2_WITH_SM3: ("sm2", "sm3"),
    "1.2.840.113549.1.1.11": ("rsa", "sha256"),
    "1.2.840.113549.1.1.12": ("rsa", "sha384"),
    "1.2.840.113549.1.1.13": ("rsa", "sha512"),
    "1.2.840.10045.4.3.2": ("ec", "sha256"),
    "1.2.840.10045.4.3.3": ("ec", "sha384"),
    "1.2.840.10045.4.3.4": ("ec", "sha512"),
}
HASHES: dict[str, hashes.HashAlgorithm] = {
    "sha256": hashes.SHA256(),
    "sha384": hashes.SHA384(),
    "sha512": hashes.SHA512(),
}


class Key(Frozen):
    """A public key as a certificate carries it."""

    kind: str  # sm2, rsa, ec, other
    spki: Hidden[bytes]
    point: Hidden[Point | None] = None  # for sm2; None if it is no point of the curve


def objection(
    key: Key, algorithm: str, message: bytes, value: bytes, *, identity: bytes = sm2.DISTINGUISHED_ID
) -> str | None:
    """Why the value is not this key's signature by this algorithm (an OID), or None if it is."""
    if algorithm not in NAMED:
        return "algorithm_unsupported"
    kind, digest = NAMED[algorithm]
    if kind != key.kind:
        return "algorithm_not_of_key"
    if kind == "sm2":
        if key.point is None:
            return "key_not_on_curve"
        return sm2.objection(key.point, sm2.signed_digest(key.point, message, identity), value)
    return _other(key, HASHES[digest], message, value)


def objection_in_message(
    key: Key, algorithm: str, digest: str, message: bytes, value: bytes, *, identity: bytes = sm2.DISTINGUISHED_ID
) -> str | None:
    """The same where the algorithm may name the key only and the digest is told beside it (RFC 5652 §5.3)."""
    if key.kind == "sm2" and algorithm in SM2_IN_MESSAGES:
        if digest != sm3.SM3:
            return "algorithm_unsupported"  # SM2 signs SM3 digests only (GB/T 35275 §6)
        return objection(key, SM2_WITH_SM3, message, value, identity=identity)
    if algorithm in {RSA_KEY, EC_KEY}:
        wanted = ("rsa" if algorithm == RSA_KEY else "ec", digest)
        algorithm = next((oid for oid, known in NAMED.items() if known == wanted), "")
    elif NAMED.get(algorithm, ("", digest))[1] != digest:
        return "digest_not_of_algorithm"
    return objection(key, algorithm, message, value, identity=identity)


def _other(key: Key, digest: hashes.HashAlgorithm, message: bytes, value: bytes) -> str | None:
    try:
        public = load_der_public_key(key.spki)
        if isinstance(public, rsa.RSAPublicKey):
            public.verify(value, message, padding.PKCS1v15(), digest)
        elif isinstance(public, ec.EllipticCurvePublicKey):
            public.verify(value, message, ec.ECDSA(digest))
        else:
            return "algorithm_unsupported"
    except InvalidSignature:
        return "signature_wrong"
    except (UnsupportedAlgorithm, ValueError):
        return "algorithm_unsupported"
    return None
