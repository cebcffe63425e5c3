"""SM2 signatures (GB/T 32918.2 §7): verifying only. There is no signing here, and no private key ever comes near."""

from trust.guomi import sm3
from trust.guomi.curve import SM2, Curve, Point, sum_of_multiples

# GM/T 0009 §10: the identity that stands for every signer unless an application agrees on another
DISTINGUISHED_ID = b"1234567812345678"
LONGEST_ID = 8191  # its length in bits is written in two bytes (GB/T 32918.2 §5.5)


def public_key(encoded: bytes, *, curve: Curve = SM2) -> Point | None:
    """The key written as an uncompressed point (GM/T 0009 §7.1), or None if that is no point of the curve."""
    if len(encoded) != 65 or encoded[0] != 4:
        return None
    point = (int.from_bytes(encoded[1:33], "big"), int.from_bytes(encoded[33:], "big"))
    return point if curve.holds(point) else None


def identity_digest(key: Point, identity: bytes = DISTINGUISHED_ID, *, curve: Curve = SM2) -> bytes:
    """Z_A: the signer's identity bound to the curve and the key (GB/T 32918.2 §5.5)."""
    if len(identity) > LONGEST_ID:
        raise ValueError("identity_too_long")
    numbers = (curve.a % curve.p, curve.b, *curve.base, *key)
    bits = (8 * len(identity)).to_bytes(2, "big")
    return sm3.digest(bits, identity, *(number.to_bytes(32, "big") for number in numbers))


def signed_digest(key: Point, message: bytes, identity: bytes = DISTINGUISHED_ID, *, curve: Curve = SM2) -> bytes:
    """e: what is signed, the digest of Z_A and the message (GB/T 32918.2 §7.1 B3, B4)."""
    return sm3.digest(identity_digest(key, identity, curve=curve), message)


def objection(key: Point, digest: bytes, signature: bytes, *, curve: Curve = SM2) -> str | None:
    """Why this DER signature over the digest e is not the key's, or None if it is (GB/T 32918.2 §7.1)."""
    numbers = _numbers(signature)
    if numbers is None:
        return "signature_not_der"
    r, s = numbers
    if not (0 < r < curve.n and 0 < s < curve.n):  # B1, B2
        return "signature_out_of_range"
    t = (r + s) % curve.n  # B5
    if not t:
        return "signature_out_of_range"
    if not curve.holds(key):
        return "key_not_on_curve"
    point = sum_of_multiples(curve, s, t, key)  # B6
    if point is None or (int.from_bytes(digest, "big") + point[0]) % curve.n != r:  # B7
        return "signature_wrong"
    return None


def verifies(key: Point, message: bytes, signature: bytes, identity: bytes = DISTINGUISHED_ID) -> bool:
    """Whether this is the key holder's signature over the message."""
    return objection(key, signed_digest(key, message, identity), signature) is None


def _numbers(der: bytes) -> tuple[int, int] | None:
    """r and s of SEQUENCE { INTEGER, INTEGER } (GM/T 0009 §7.3): the one DER form and nothing after it."""
    if len(der) < 2 or len(der) > 72 or der[0] != 0x30 or der[1] != len(der) - 2:
        return None
    first = _number(der, 2)
    second = _number(der, first[1]) if first else None
    if first is None or second is None or second[1] != len(der):
        return None
    return first[0], second[0]


def _number(der: bytes, at: int) -> tuple[int, int] | None:
    body = at + 2
    if len(der) <= body or der[at] != 2:
        return None
    end = body + der[at + 1]
    digits = der[body:end]
    if not digits or len(digits) > 33 or end > len(der) or digits[0] & 0x80:  # negative
        return None
    if len(digits) > 1 and not digits[0] and not digits[1] & 0x80:  # a zero too many
        return None
    return int.from_bytes(digits, "big"), end
