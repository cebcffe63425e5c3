"""Where the large streams of a file lie into which no cross-reference points: pictures, mostly, and fonts.

Nothing in there is an object for anybody who follows the cross-reference, so references and signatures need not be
looked for in it. A stream counts only if its object lies where an entry says, tells its own length, ends with its
keyword, and no entry of any section leads to a place inside. Object streams are read by themselves, decoded.
"""

from itertools import pairwise

from trust.pades.syntax import OBJECT, BadSyntax, Name, read_value, skip_space
from trust.pades.xref import Kind, Layout

LEAST = 16 * 1024  # bytes that are worth passing over
SPARSE = 4096  # bytes an object, at least: where objects are many, going through all is quicker
CONTAINERS = ("XRef", "ObjStm")


def bodies(data: bytes, layout: Layout) -> list[tuple[int, int]]:
    """Begin and end of each, in order."""
    if sum(len(section.entries) for section in layout.sections) > len(data) // SPARSE:
        return []
    places = {section.offset for section in layout.sections}
    for section in layout.sections:
        places |= {offset for kind, offset, _ in section.entries.values() if kind is Kind.OFFSET}
    found = []
    for place, following in pairwise([*sorted(places), len(data)]):
        if following - place > LEAST:
            try:
                body = _body(data, place)
            except (BadSyntax, ValueError, RecursionError):
                continue
            if body is not None and body[1] <= following:
                found.append(body)
    return found


def _body(data: bytes, place: int) -> tuple[int, int] | None:
    head = OBJECT.match(data, place)
    if head is None:
        return None
    value, at = read_value(data, head.end())
    at = skip_space(data, at)
    if not isinstance(value, dict) or data[at : at + 6] != b"stream":
        return None
    at += 8 if data[at + 6 : at + 8] == b"\r\n" else 7
    length, kind = value.get("Length"), value.get("Type")
    if not isinstance(length, int) or not LEAST < length <= len(data) - at:
        return None
    if isinstance(kind, Name) and kind.text in CONTAINERS:
        return None
    end = skip_space(data, at + length)
    return (at, at + length) if data[end : end + 9] == b"endstream" else None
