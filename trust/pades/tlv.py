"""Writes DER (X.690 §8 to §11): the few forms that a signed message is made of, without a tree of objects."""

from functools import lru_cache

SEQUENCE, SET, OCTETS, INTEGER, OBJECT = 0x30, 0x31, 0x04, 0x02, 0x06
NULL = b"\x05\x00"
CONTEXT = 0xA0  # context-specific, constructed: [0], [1], …


def tlv(tag: int, body: bytes) -> bytes:
    """Tag, length, value."""
    size = len(body)
    if size < 0x80:
        return bytes((tag, size)) + body
    digits = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(digits))) + digits + body


def sequence(*parts: bytes) -> bytes:
    """SEQUENCE, in the order given."""
    return tlv(SEQUENCE, b"".join(parts))


def set_of(*parts: bytes) -> bytes:
    """SET OF, in the order that DER wants (§11.6)."""
    return tlv(SET, b"".join(sorted(parts)))


def context(number: int, body: bytes) -> bytes:
    """[number], constructed: explicit round a whole value, implicit round the body of one."""
    return tlv(CONTEXT | number, body)


def octets(value: bytes) -> bytes:
    """OCTET STRING."""
    return tlv(OCTETS, value)


def integer(value: int) -> bytes:
    """INTEGER, not negative."""
    return tlv(INTEGER, value.to_bytes(value.bit_length() // 8 + 1, "big"))


@lru_cache(maxsize=128)
def oid(dotted: str) -> bytes:
    """OBJECT IDENTIFIER (§8.19)."""
    first, second, *rest = (int(number) for number in dotted.split("."))
    body = bytearray()
    for number in (40 * first + second, *rest):
        digits = [number & 0x7F]
        while number := number >> 7:
            digits.append(0x80 | (number & 0x7F))
        body += bytes(reversed(digits))
    return tlv(OBJECT, bytes(body))


def body(der: bytes) -> bytes:
    """The value of one whole structure that is known to be well-formed."""
    first = der[1]
    return der[2 if first < 0x80 else 2 + (first & 0x7F) :]
