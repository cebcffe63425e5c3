"""The outline of DER (X.690): tags, lengths and where things end, walked without recursion and within bounds.

Whoever parses a foreign structure asks `objection` first: after that, no parser meets a length that lies, a depth or
a number of parts that it was not made for, or bytes after the end.
"""

from collections.abc import Iterator

from trust.frozen import Frozen

LARGEST = 4 * 1024 * 1024
MOST_PARTS = 250_000  # a message may carry its authority's whole revocation list
LONGEST_OID = 64  # bytes; decoding takes time in the square of its length
DEEPEST = 40
CONSTRUCTED = 0x20
SEQUENCE = 0x30
OID = 0x06
UNENDING = -1


class Malformed(Exception):
    """Bytes that are not what they claim to be; the reason is a slug."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Part(Frozen, kw_only=False):
    """One tag-length-value and where it lies."""

    tag: int
    start: int
    body: int
    end: int


def part(data: bytes, at: int, limit: int, *, ber: bool = False) -> Part:
    """The part that starts here; `end` is UNENDING for BER's indefinite length."""
    if at + 2 > limit or data[at] & 0x1F == 0x1F:  # no structure of ours has a tag above 30
        raise Malformed("der_malformed")
    tag, first = data[at], data[at + 1]
    if first < 0x80:
        body, length = at + 2, first
    elif first == 0x80:
        if not ber or not tag & CONSTRUCTED:
            raise Malformed("der_malformed")
        return Part(tag, at, at + 2, UNENDING)
    else:
        body = at + 2 + (first & 0x7F)
        digits = data[at + 2 : body]
        length = int.from_bytes(digits, "big")
        shortest = not ber and ((len(digits) > 1 and not digits[0]) or length < 0x80)
        if body > limit or len(digits) > 8 or shortest:
            raise Malformed("der_malformed")
    if body + length > limit or (tag == OID and length > LONGEST_OID):
        raise Malformed("der_malformed")
    return Part(tag, at, body, body + length)


def parts(data: bytes, start: int, end: int) -> Iterator[Part]:
    """The parts that lie side by side in a body, in order."""
    at = start
    while at < end:
        found = part(data, at, end)
        yield found
        at = found.end


def objection(data: bytes, *, ber: bool = False, largest: int = LARGEST, padded: bool = False) -> str | None:
    """Why this is not one whole structure within bounds; `ber` allows what RFC 5652 allows, `padded` zeros after it."""
    if len(data) > largest:
        return "too_large"
    try:
        end = _walk(data, ber=ber)
    except Malformed as problem:
        return problem.reason
    rest = data[end:]
    if rest and not (padded and not rest.strip(b"\0")):
        return "bytes_after_end"
    return None


def unpadded(data: bytes, *, ber: bool = False) -> bytes:
    """The structure without the zeros that fill up a PDF's /Contents."""
    return data[: _walk(data, ber=ber)]


def _walk(data: bytes, *, ber: bool) -> int:
    """Where the first structure ends, having seen every part of it."""
    open_ends: list[int] = []  # of the constructed parts around us
    limits = [len(data)]
    at, count = 0, 0
    while True:
        if open_ends and open_ends[-1] == UNENDING and data[at : at + 2] == b"\0\0" and at + 2 <= limits[-1]:
            at += 2
            open_ends.pop()
            limits.pop()
        else:
            found = part(data, at, limits[-1], ber=ber)
            count += 1
            if count > MOST_PARTS or len(open_ends) >= DEEPEST:
                raise Malformed("too_many_parts" if count > MOST_PARTS else "too_deep")
            if found.tag & CONSTRUCTED and found.end != found.body:
                open_ends.append(found.end)
                limits.append(limits[-1] if found.end == UNENDING else found.end)
                at = found.body
                continue
            at = found.end
        while open_ends and open_ends[-1] == at:
            open_ends.pop()
            limits.pop()
        if not open_ends:
            return at
