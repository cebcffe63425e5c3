"""DER cut into slices (X.690): where each value begins and ends. Strict, so that there is one reading of it or none."""

from datetime import UTC, datetime
from functools import lru_cache

SEQUENCE, SET, INTEGER, BITS, OCTETS, NULL, OID = 0x30, 0x31, 0x02, 0x03, 0x04, 0x05, 0x06
UTC_TIME, GENERALIZED_TIME = 0x17, 0x18
LONGEST_OID = 64
MOST = 10_000  # values side by side

Value = tuple[int, int, int, int]  # tag, where it starts, where its content starts, where it ends


class NotPlain(Exception):
    """These bytes are not the plain form of what was asked for; another reader may make sense of them."""


def values(data: bytes, start: int, end: int) -> list[Value]:
    """The values that fill these bytes, side by side."""
    found: list[Value] = []
    at = start
    while at < end:
        value = first(data, at, end)
        found.append(value)
        if len(found) > MOST:
            raise NotPlain
        at = value[3]
    return found


def first(data: bytes, at: int, limit: int) -> Value:
    """The value that starts here."""
    if at + 2 > limit:
        raise NotPlain
    tag, length = data[at], data[at + 1]
    body = at + 2
    if length >= 0x80:
        count = length & 0x7F
        body += count
        if not 1 <= count <= 4 or body > limit:
            raise NotPlain  # an open length, or one that no file of ours has
        length = int.from_bytes(data[at + 2 : body], "big")
        if length < 0x80 or not data[at + 2]:
            raise NotPlain  # not the shortest form
    if tag & 0x1F == 0x1F or body + length > limit:
        raise NotPlain
    return tag, at, body, body + length


def inside(data: bytes, value: Value, tag: int) -> list[Value]:
    """The values inside one that must have this tag."""
    if value[0] != tag:
        raise NotPlain
    return values(data, value[2], value[3])


def content(data: bytes, value: Value, tag: int) -> bytes:
    """The content of a value that must have this tag."""
    if value[0] != tag:
        raise NotPlain
    return data[value[2] : value[3]]


def whole(data: bytes, value: Value) -> bytes:
    """A value as it stands, head and all."""
    return data[value[1] : value[3]]


def integer(data: bytes, value: Value) -> int:
    """A whole number in its shortest form."""
    body = content(data, value, INTEGER)
    if not 1 <= len(body) <= 64 or (len(body) > 1 and body[0] in (0, 255) and (body[0] ^ body[1]) < 0x80):
        raise NotPlain
    return int.from_bytes(body, "big", signed=True)


def name(data: bytes, value: Value) -> str:
    """An object identifier in dots."""
    return _dotted(content(data, value, OID))


@lru_cache(maxsize=1024)
def _dotted(body: bytes) -> str:
    if not 1 <= len(body) <= LONGEST_OID or body[-1] >= 0x80:
        raise NotPlain
    arcs: list[int] = []
    arc, begins = 0, True
    for byte in body:
        if begins and byte == 0x80:
            raise NotPlain  # not the shortest form
        arc, begins = arc << 7 | byte & 0x7F, byte < 0x80
        if begins:
            arcs.append(arc)
            arc = 0
    head = min(arcs[0] // 40, 2)
    return ".".join(map(str, (head, arcs[0] - 40 * head, *arcs[1:])))


def instant(data: bytes, value: Value) -> datetime:
    """A time in UTC, in one of the two forms that DER allows (X.690 §11.7, §11.8), without fractions."""
    digits = data[value[2] : value[3] - 1]
    if data[value[3] - 1 : value[3]] != b"Z" or not digits.isdigit():
        raise NotPlain
    if value[0] == UTC_TIME and len(digits) == 12:
        digits = (b"19" if digits >= b"50" else b"20") + digits  # RFC 5280 §4.1.2.5.1
    elif value[0] != GENERALIZED_TIME or len(digits) != 14:
        raise NotPlain
    month, day, hour, minute, second = (int(digits[at : at + 2]) for at in range(4, 14, 2))
    try:
        return datetime(int(digits[:4]), month, day, hour, minute, second, tzinfo=UTC)
    except ValueError:
        raise NotPlain from None
