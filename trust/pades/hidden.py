"""Objects that stand in a file behind the back of its cross-reference (the incremental-saving attack)."""

import re

from trust.pades.syntax import BadSyntax, Ref, Value, read_value, skip_space
from trust.pades.xref import Kind, Section

_OBJECT = re.compile(rb"(?<![0-9])(\d{1,10})[\x00\t\n\x0c\r ]+(\d{1,5})[\x00\t\n\x0c\r ]+obj")

_START = re.compile(rb"startxref[\x00\t\n\x0c\r ]+\d{1,12}")
_TABLE = re.compile(rb"[\x00\t\n\x0c\r 0-9nf]*")


def hidden_objects(data: bytes, start: int, sections: list[Section]) -> bool:
    """Whether objects stand after a signature that no cross-reference knows (an incremental-saving attack).

    A viewer that rebuilds the cross-reference would show them; one that follows it would not. Such viewers look into
    streams and comments too, so nothing is passed over.
    """
    known = {section.offset for section in sections}
    for section in sections:
        known |= {offset for kind, offset, _ in section.entries.values() if kind is Kind.OFFSET}
    return any(found.start() not in known for found in _OBJECT.finditer(data, start))


def misplaced(data: bytes, sections: list[Section]) -> bool:
    """Whether an entry points to something else than its object: a viewer would search the file for it."""
    for section in sections:
        for number, (kind, offset, generation) in section.entries.items():
            if kind is Kind.OFFSET and number:
                found = _OBJECT.match(data, offset)
                if found is None or (int(found.group(1)), int(found.group(2))) != (number, generation):
                    return True
    return False


def incomplete(sections: list[Section], root: Value) -> bool:
    """Whether a trailer lacks what viewers ask of it (§7.5.5), or names another catalogue than was signed."""
    return any(
        not isinstance(section.trailer.get("Size"), int) or section.trailer.get("Root") != root for section in sections
    )


def unaccounted(data: bytes, start: int, sections: list[Section]) -> bool:
    """Whether bytes after a signature belong to no object, cross-reference or end that anybody reads.

    White space and comments are nobody's; they show nothing, and what may hide in them is looked for elsewhere.
    """
    objects = {offset for s in sections for kind, offset, _ in s.entries.values() if kind is Kind.OFFSET}
    tables = {section.offset for section in sections if not section.stream}
    objects |= {section.offset for section in sections if section.stream}
    at = start
    try:
        while (at := skip_space(data, at)) < len(data):
            if at in objects:
                at = _past_object(data, at)
            elif data.startswith(b"xref", at) and any(place <= at <= place + 2 for place in tables):
                at = _past_table(data, at)
            elif found := _START.match(data, at):
                at = found.end()
            else:
                return True
    except (BadSyntax, ValueError, RecursionError):
        return True
    return False


def _past_object(data: bytes, at: int) -> int:
    head = _OBJECT.match(data, at)
    if head is None:
        raise BadSyntax
    value, at = read_value(data, head.end())
    at = skip_space(data, at)
    if data.startswith(b"stream", at) and isinstance(value, dict):
        at += 8 if data.startswith(b"\r\n", at + 6) else 7
        length = value.get("Length")
        if isinstance(length, Ref) or not isinstance(length, int):
            at = data.find(b"endstream", at)  # its length is another object's word
        elif 0 <= length <= len(data) - at:
            at = skip_space(data, at + length)
        if at < 0 or not data.startswith(b"endstream", at):
            raise BadSyntax
        at = skip_space(data, at + 9)
    return at + 6 if data.startswith(b"endobj", at) else at  # some writers forget it; no reader minds


def _past_table(data: bytes, at: int) -> int:
    trailer = data.find(b"trailer", at)
    if trailer < 0 or not _TABLE.fullmatch(data, at + 4, trailer):
        raise BadSyntax
    return read_value(data, trailer + 7)[1]
