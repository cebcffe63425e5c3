"""Objects that stand in a file behind the back of its cross-reference (the incremental-saving attack).

Many signatures may ask what stands after each of them; what they ask about is looked at once.
"""

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator

from trust.pades.in_memory import Document
from trust.pades.syntax import BadSyntax, Ref, Value, read_value, skip_space
from trust.pades.xref import Kind, Section

_OBJECT = re.compile(rb"(?<![0-9])(\d{1,10})[\x00\t\n\x0c\r ]+(\d{1,5})[\x00\t\n\x0c\r ]+obj")

_START = re.compile(rb"startxref[\x00\t\n\x0c\r ]+\d{1,12}")
_TABLE = re.compile(rb"[\x00\t\n\x0c\r 0-9nf]*")
_NUMBERS = re.compile(rb"(?<![0-9])(\d{1,10})[\x00\t\n\x0c\r ]+\d{1,5}[\x00\t\n\x0c\r ]+\Z")
_OPEN = re.compile(rb"[\x00\t\n\x0c\r 0-9]*")
NEAR = 40
BROKEN = -1


class Trail:
    """What stands in a file after its first signature."""

    def __init__(self, data: Document, start: int) -> None:
        self._data = data
        self._start = start
        self._heads: list[int] | None = None
        self._objects: dict[int, frozenset[int]] = {}  # by section, where it places objects
        self._misplaced: dict[int, bool] = {}  # by section
        self._ends: dict[int, int] = {}  # where an object or a table begins → where it ends, or BROKEN
        self._spaces: dict[int, int] = {}

    def hides(self, start: int, sections: list[Section]) -> bool:
        """Whether objects stand after a signature that no cross-reference knows (an incremental-saving attack).

        A viewer that rebuilds the cross-reference would show them; one that follows it would not. Such viewers look
        into streams and comments too, so nothing is passed over.
        """
        if self._heads is None:
            self._heads = list(_heads(self._data, self._start))
        known = self._placed(sections) | {section.offset for section in sections}
        return any(head not in known for head in self._heads[bisect_left(self._heads, start) :])

    def misplaced(self, sections: list[Section]) -> bool:
        """Whether an entry points to something else than its object: a viewer would search the file for it."""
        for section in sections:
            if section.offset not in self._misplaced:
                self._misplaced[section.offset] = _misplaced(self._data, section)
        return any(self._misplaced[section.offset] for section in sections)

    def unaccounted(self, start: int, sections: list[Section]) -> bool:
        """Whether bytes after a signature belong to no object, cross-reference or end that anybody reads.

        White space and comments are nobody's; they show nothing, and what may hide in them is looked for elsewhere.
        """
        data = self._data
        objects = self._placed(sections) | {section.offset for section in sections if section.stream}
        tables = {section.offset for section in sections if not section.stream}
        at = start
        while (at := self._past_space(at)) < len(data):
            if at in objects:
                at = self._past(at, _past_object)
            elif data[at : at + 4] == b"xref" and any(place in tables for place in (at, at - 1, at - 2)):
                at = self._past(at, _past_table)
            elif found := _START.match(data, at):
                at = found.end()
            else:
                return True
            if at == BROKEN:
                return True
        return False

    def _placed(self, sections: list[Section]) -> set[int]:
        placed: set[int] = set()
        for section in sections:
            if section.offset not in self._objects:
                self._objects[section.offset] = frozenset(
                    offset for kind, offset, _ in section.entries.values() if kind is Kind.OFFSET
                )
            placed |= self._objects[section.offset]
        return placed

    def _past_space(self, at: int) -> int:
        if at not in self._spaces:
            self._spaces[at] = skip_space(self._data, at)
        return self._spaces[at]

    def _past(self, at: int, read: Callable[[Document, int], int]) -> int:
        if at not in self._ends:
            try:
                self._ends[at] = read(self._data, at)
            except (BadSyntax, ValueError, RecursionError):
                self._ends[at] = BROKEN
        return self._ends[at]


def _heads(data: Document, start: int) -> Iterator[int]:
    """Where objects begin, by the word that their heads end with; the numbers before it are looked for backwards."""
    at = data.find(b"obj", start)
    while at >= 0:
        far = NEAR
        while True:
            begin = max(0, at - far)
            found = _NUMBERS.search(data, begin, at)
            if found is not None and (found.start(1) > begin or not begin):
                if found.start(1) >= start:
                    yield found.start(1)
                break
            if not begin or not _OPEN.fullmatch(data, begin, at):
                break
            far *= 8  # nothing but space and digits so far
        at = data.find(b"obj", at + 3)


def _misplaced(data: Document, section: Section) -> bool:
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


def _past_object(data: Document, at: int) -> int:
    head = _OBJECT.match(data, at)
    if head is None:
        raise BadSyntax
    value, at = read_value(data, head.end())
    at = skip_space(data, at)
    if data[at : at + 6] == b"stream" and isinstance(value, dict):
        at += 8 if data[at + 6 : at + 8] == b"\r\n" else 7
        length = value.get("Length")
        if isinstance(length, Ref) or not isinstance(length, int):
            at = data.find(b"endstream", at)  # its length is another object's word
        elif 0 <= length <= len(data) - at:
            at = skip_space(data, at + length)
        if at < 0 or data[at : at + 9] != b"endstream":
            raise BadSyntax
        at = skip_space(data, at + 9)
    return at + 6 if data[at : at + 6] == b"endobj" else at  # some writers forget it; no reader minds


def _past_table(data: Document, at: int) -> int:
    trailer = data.find(b"trailer", at)
    if trailer < 0 or not _TABLE.fullmatch(data, at + 4, trailer):
        raise BadSyntax
    return read_value(data, trailer + 7)[1]
