"""Where the large streams of a file lie into which no cross-reference points: pictures, mostly, and fonts.

Nothing in there is an object for anybody who follows the cross-reference, so references and signatures need not be
looked for in it. A stream counts only if its object lies where an entry says, tells its own length, ends with its
keyword, and no entry of any section leads to a place inside. Object streams are read by themselves, decoded.
"""

import re
from itertools import pairwise

from trust.pades.in_memory import Document
from trust.pades.syntax import OBJECT, BadSyntax, Name, plain_entries, read_value, skip_space
from trust.pades.xref import Kind, Layout

LEAST = 16 * 1024  # bytes that are worth passing over
SPARSE = 4096  # bytes an object, at least: where objects are many, going through all is quicker
CONTAINERS = ("XRef", "ObjStm")
_OPENED = re.compile(OBJECT.pattern + rb"[\x00\t\n\x0c\r ]*+<<")


def bodies(data: Document, layout: Layout) -> list[tuple[int, int]]:
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


def _body(data: Document, place: int) -> tuple[int, int] | None:
    length, kind, at = _told(data, place)
    at = skip_space(data, at)
    if length is None or kind in CONTAINERS or data[at : at + 6] != b"stream":
        return None
    at += 8 if data[at + 6 : at + 8] == b"\r\n" else 7
    if not LEAST < length <= len(data) - at:
        return None
    end = skip_space(data, at + length)
    return (at, at + length) if data[end : end + 9] == b"endstream" else None


def _told(data: Document, place: int) -> tuple[int | None, str, int]:
    """What an object says of its own length and kind, and where its dictionary ends."""
    opened = _OPENED.match(data, place)
    plain = plain_entries(data, opened.end()) if opened is not None else None
    if plain is not None:
        length, kind = plain[0].get(b"/Length", b""), plain[0].get(b"/Type", b"/")
        return int(length) if length.isdigit() else None, kind[1:].decode("latin-1"), plain[1]
    head = OBJECT.match(data, place)
    if head is None:
        raise BadSyntax
    value, at = read_value(data, head.end())
    if not isinstance(value, dict):
        raise BadSyntax
    told, named = value.get("Length"), value.get("Type")
    return told if isinstance(told, int) else None, named.text if isinstance(named, Name) else "", at
