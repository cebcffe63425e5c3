"""The cross-reference as the file itself states it (ISO 32000-2 §7.5.4, §7.5.8): followed, never repaired.

qpdf and every viewer rebuild a cross-reference that they do not like. What they then see may not be what was
signed, so this reader does not: either the chain of sections holds as written, or it says why not.
"""

import re
import zlib
from enum import IntEnum
from itertools import accumulate

from trust.frozen import Frozen, Hidden
from trust.pades.in_memory import Document
from trust.pades.syntax import OBJECT, BadSyntax, Ref, Value, read_value, skip_space

MOST_SECTIONS = 4096
MOST_ENTRIES = 4_000_000
LARGEST_STREAM = 64 * 1024 * 1024

_START = re.compile(rb"startxref[\x00\t\n\x0c\r ]+(\d{1,12})")
_SUBSECTION = re.compile(rb"[\x00\t\n\x0c\r ]*(\d{1,10})[ \t]+(\d{1,10})[ \t]*(?:\r\n|\r|\n)")
_ENTRY = re.compile(rb"[\x00\t\n\x0c\r ]*(\d{1,10})[ \t]+(\d{1,5})[ \t]+([nf])")
_STRICT = re.compile(rb"(?:\d{10} \d{5} [nf](?: \r| \n|\r\n))*")


class XrefBroken(Exception):
    """The cross-reference does not hold as written; `reason` says where."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Kind(IntEnum):
    """What an entry says about an object (§7.5.8.3, table 18)."""

    FREE = 0
    OFFSET = 1
    COMPRESSED = 2


KINDS = {ord("n"): Kind.OFFSET, ord("f"): Kind.FREE}  # as a table writes them
Entry = tuple[Kind, int, int]  # OFFSET: offset, generation; COMPRESSED: object stream, index


class _Entries(dict[int, Entry]):
    """Object number → entry, and whether there were two that differ."""

    contradict = False


class Section(Frozen):
    """One cross-reference section with its trailer."""

    offset: int
    stream: bool
    hybrid: bool
    entries: Hidden[dict[int, Entry]]
    trailer: Hidden[dict[str, Value]]
    contradicts: bool = False  # two entries for one object differ
    ends: int = 0  # past the last byte that was read for it

    @property
    def previous(self) -> int | None:
        """Where the section before it lies."""
        value = self.trailer.get("Prev")
        return value if isinstance(value, int) else None


class Layout(Frozen):
    """All sections, newest first, and the objects they place."""

    start: int  # what the last startxref says
    tail: int  # where the last startxref's number ends
    sections: tuple[Section, ...]

    @property
    def trailer(self) -> dict[str, Value]:
        """The newest trailer."""
        return self.sections[0].trailer

    @property
    def size(self) -> int:
        """One more than the highest object number anywhere, whatever /Size claims."""
        claimed = [section.trailer.get("Size") for section in self.sections]
        named = max((max(section.entries, default=0) for section in self.sections), default=0)
        return max(named + 1, *(value for value in claimed if isinstance(value, int)), 1)

    def entries(self) -> dict[int, Entry]:
        """Object number → its newest entry."""
        merged: dict[int, Entry] = {}
        for section in reversed(self.sections):
            merged.update(section.entries)
        return merged


def read(data: Document) -> Layout:
    """The layout that the last startxref leads to. Raises XrefBroken."""
    return Layouts(data).of(len(data))


class Layouts:
    """The layouts of a file's revisions; a section that several of them rest on is read once."""

    def __init__(self, data: Document) -> None:
        self._data = data
        self._known: dict[int, Section] = {}

    def of(self, end: int) -> Layout:
        """The layout that the last startxref before this end leads to. Raises XrefBroken."""
        data = self._data
        at = data.rfind(b"startxref", 0, end)
        found = _START.match(data, at, end) if at >= 0 else None
        if found is None:
            raise XrefBroken("no_startxref")
        start = int(found.group(1))
        sections: list[Section] = []
        seen: set[int] = set()
        total = 0
        following: int | None = start
        while following is not None:
            if following in seen or len(sections) >= MOST_SECTIONS:
                raise XrefBroken("xref_loop")
            seen.add(following)
            section = self._section(following, end)
            total += len(section.entries)
            if total > MOST_ENTRIES:
                raise XrefBroken("xref_too_large")
            sections.append(section)
            following = section.previous
        return Layout(start=start, tail=found.end(), sections=tuple(sections))

    def _section(self, offset: int, end: int) -> Section:
        if offset not in self._known:
            self._known[offset] = _section(self._data, offset)
        if self._known[offset].ends > end:  # that is read from what comes later: the revision itself ends before
            return _section(self._data[:end], offset)
        return self._known[offset]


def _section(data: Document, offset: int) -> Section:
    if not 0 <= offset < len(data):
        raise XrefBroken("xref_outside_file")
    at = skip_space(data, offset) if data[offset : offset + 1] in b"\r\n \t" else offset
    try:
        if data[at : at + 4] == b"xref":
            return _table(data, offset, at + 4)
        if OBJECT.match(data, at):
            return _stream(data, offset, at)
    except (BadSyntax, ValueError, RecursionError, zlib.error):
        raise XrefBroken("xref_malformed") from None
    raise XrefBroken("xref_not_there")


def _table(data: Document, offset: int, at: int) -> Section:
    entries = _Entries()
    while True:
        here = skip_space(data, at)
        if data[here : here + 7] == b"trailer":
            trailer, ends = read_value(data, here + 7)
            break
        found = _SUBSECTION.match(data, at)
        if found is None:
            raise BadSyntax
        first, count = int(found.group(1)), int(found.group(2))
        if count > MOST_ENTRIES or count * 18 > len(data):
            raise BadSyntax
        at = _subsection(data, found.end(), first, count, entries)
    if not isinstance(trailer, dict):
        raise BadSyntax
    beside = trailer.get("XRefStm")
    if isinstance(beside, int):
        # §7.5.8.4: the stream's entries stand in for those that the table marks free
        if not 0 <= beside < len(data):
            raise BadSyntax
        hidden = _stream(data, beside, skip_space(data, beside))
        ends = max(ends, hidden.ends)
        for number, entry in hidden.entries.items():
            if entries.get(number, (Kind.FREE, 0, 0))[0] is Kind.FREE:
                entries[number] = entry
            else:
                _enter(entries, number, entry)
    return Section(
        offset=offset,
        stream=False,
        hybrid=isinstance(beside, int),
        entries=entries,
        trailer=trailer,
        contradicts=entries.contradict,
        ends=ends,
    )


def _subsection(data: Document, at: int, first: int, count: int, entries: _Entries) -> int:
    strict = _STRICT.match(data, at, at + 20 * count)
    if strict is not None and strict.end() == at + 20 * count:
        rows = strict.group()
        kinds = [KINDS[letter] for letter in rows[17::20]]
        offsets = [int(rows[place : place + 10]) for place in range(0, 20 * count, 20)]
        generations = [int(rows[place : place + 5]) for place in range(11, 20 * count, 20)]
        _enter_all(entries, first, list(zip(kinds, offsets, generations, strict=True)))
        return at + 20 * count
    for number in range(first, first + count):
        found = _ENTRY.match(data, at)
        if found is None:
            raise BadSyntax
        kind = Kind.OFFSET if found.group(3) == b"n" else Kind.FREE
        _enter(entries, number, (kind, int(found.group(1)), int(found.group(2))))
        at = found.end()
    return at


def _enter(entries: "_Entries", number: int, entry: Entry) -> None:
    """One entry. Two different ones for an object are read one way by one program and another way by the next."""
    if entries.setdefault(number, entry) != entry:
        entries.contradict = True


def _enter_all(entries: "_Entries", first: int, rows: list[Entry]) -> None:
    """Many entries in a row."""
    if entries:
        for number, entry in enumerate(rows, start=first):
            _enter(entries, number, entry)
    else:
        entries.update(enumerate(rows, start=first))


def _stream(data: Document, offset: int, at: int) -> Section:
    found = OBJECT.match(data, at)
    if found is None:
        raise BadSyntax
    trailer, at = read_value(data, found.end())
    at = skip_space(data, at)
    if not isinstance(trailer, dict) or data[at : at + 6] != b"stream":
        raise BadSyntax
    at += 6
    at += 2 if data[at : at + 2] == b"\r\n" else 1
    length = trailer.get("Length")
    if isinstance(length, Ref) or not isinstance(length, int) or not 0 <= length <= len(data) - at:
        raise BadSyntax
    body = _decoded(data[at : at + length], trailer)
    entries = _entries(body, trailer)
    return Section(
        offset=offset,
        stream=True,
        hybrid=False,
        entries=entries,
        trailer=trailer,
        contradicts=entries.contradict,
        ends=at + length,
    )


def _decoded(body: bytes, trailer: dict[str, Value]) -> bytes:
    filters = trailer.get("Filter")
    if isinstance(filters, list) and len(filters) == 1:
        filters = filters[0]
    if filters is None:
        return body
    if getattr(filters, "text", None) not in ("FlateDecode", "Fl"):
        raise BadSyntax
    inflater = zlib.decompressobj()
    body = inflater.decompress(body, LARGEST_STREAM)
    if inflater.unconsumed_tail:
        raise BadSyntax
    parameters = trailer.get("DecodeParms")
    if isinstance(parameters, list) and len(parameters) == 1:
        parameters = parameters[0]
    if not isinstance(parameters, dict):
        return body
    predictor, columns = parameters.get("Predictor", 1), parameters.get("Columns", 1)
    if predictor == 1:
        return body
    if not isinstance(predictor, int) or predictor < 10 or not isinstance(columns, int) or columns < 1:
        raise BadSyntax
    return _unpredicted(body, columns)


def _unpredicted(body: bytes, columns: int) -> bytes:
    """PNG filters None, Sub and Up (the only ones that xref streams are met with)."""
    whole = len(body) // (columns + 1)
    filters = body[:: columns + 1][:whole]
    if whole and set(filters) == {2}:  # what nearly all writers use: each byte is a difference to the one above it
        sums = (accumulate(body[place :: columns + 1][:whole]) for place in range(1, columns + 1))
        return bytes([total & 255 for row in zip(*sums, strict=True) for total in row])
    rows, above = bytearray(), bytes(columns)
    for at in range(0, len(body) - columns, columns + 1):
        row = bytearray(body[at + 1 : at + 1 + columns])
        match body[at]:
            case 0:
                pass
            case 1:
                for i in range(1, columns):
                    row[i] = (row[i] + row[i - 1]) & 255
            case 2:
                row = bytearray((a + b) & 255 for a, b in zip(row, above, strict=True))
            case _:
                raise BadSyntax
        rows += row
        above = bytes(row)
    return bytes(rows)


def _entries(body: bytes, trailer: dict[str, Value]) -> _Entries:
    widths = trailer.get("W")
    if not isinstance(widths, list) or len(widths) != 3:
        raise BadSyntax
    one, two, three = (width if isinstance(width, int) and 0 <= width <= 8 else -1 for width in widths)
    row = one + two + three
    if min(one, two, three) < 0 or row == 0:
        raise BadSyntax
    index = trailer.get("Index", [0, trailer.get("Size", 0)])
    if not isinstance(index, list) or len(index) % 2:
        raise BadSyntax
    entries = _Entries()
    at = 0
    for first, count in zip(index[::2], index[1::2], strict=True):
        if not isinstance(first, int) or not isinstance(count, int) or first < 0:
            raise BadSyntax
        # a count that says more than is there: what is there counts
        there = min(count, (len(body) - at) // row)
        starts = range(at, at + there * row, row)
        kinds = [int.from_bytes(body[place : place + one], "big") for place in starts] if one > 1 else [1] * there
        if one == 1:
            kinds = list(body[at : at + there * row : row])
        middles = [int.from_bytes(body[place + one : place + one + two], "big") for place in starts]
        lasts = [int.from_bytes(body[place + one + two : place + row], "big") for place in starts]
        at += there * row
        if max(kinds, default=0) <= Kind.COMPRESSED:
            known = [Kind(kind) for kind in range(3)]
            _enter_all(entries, first, [(known[k], m, n) for k, m, n in zip(kinds, middles, lasts, strict=True)])
            continue
        for number, kind, middle, last in zip(range(first, first + there), kinds, middles, lasts, strict=True):
            if kind <= Kind.COMPRESSED:
                _enter(entries, number, (Kind(kind), middle, last))
    return entries
