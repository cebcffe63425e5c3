"""One incremental update (ISO 32000-2 §7.5.6): new and changed objects, a cross-reference, a trailer.

What was there before stays, byte for byte. The new section has the form of the one before it: a table after a
table, a stream after a stream (§7.5.8.4).
"""

import hashlib

from trust.pades import objects
from trust.pades.objects import Fields
from trust.pades.syntax import Name, Ref, Value
from trust.pades.xref import Entry, Kind, Layout, Section

# What a new trailer takes over; /Prev, /Size and the stream's own keys are its own.
KEPT = ("Root", "Info")


class Increment:
    """Collects objects for one update."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._next = layout.size
        self._bodies: dict[int, tuple[int, bytes]] = {}

    def reserve(self) -> int:
        """A number for a new object."""
        number = self._next
        self._next += 1
        return number

    def put(self, number: int, body: bytes, generation: int = 0) -> bytes:
        """Write an object under a number; gives the reference to it."""
        self._bodies[number] = (generation, body)
        return f"{number} {generation} R".encode()

    def add(self, body: bytes) -> bytes:
        """Write a new object; gives the reference to it."""
        return self.put(self.reserve(), body)

    def append_to(self, pdf: bytes) -> "Appended":
        """The document with the update at its end."""
        out = bytearray(pdf)
        if pdf[-1:] not in (b"\n", b"\r"):
            out += b"\n"
        entries: dict[int, Entry] = {}
        starts: dict[int, int] = {}
        for number in sorted(self._bodies):
            generation, body = self._bodies[number]
            entries[number] = (Kind.OFFSET, len(out), generation)
            head = f"{number} {generation} obj\n".encode()
            starts[number] = len(out) + len(head)
            out += head + body + b"\nendobj\n"
        as_stream = self._layout.sections[0].stream
        start = len(out)
        trailer = self._trailer(pdf)
        section = self._stream if as_stream else self._table
        out += section(start, entries, trailer)
        out += f"startxref\n{start}\n".encode()
        tail = len(out) - 1
        out += b"%%EOF\n"
        read: dict[str, Value] = {**self._kept(), "Size": self._next + as_stream, "Prev": self._layout.start}
        newest = Section(offset=start, stream=as_stream, hybrid=False, entries=entries, trailer=read)
        layout = Layout(start=start, tail=tail, sections=(newest, *self._layout.sections))
        return Appended(out, layout, starts)

    def _kept(self) -> dict[str, Value]:
        kept: dict[str, Value] = {}
        for key in (*KEPT, "ID"):
            value = next((s.trailer[key] for s in self._layout.sections if key in s.trailer), None)
            if value is not None:
                kept[key] = value
        return kept

    def _trailer(self, pdf: bytes) -> Fields:
        kept = self._kept()
        written: Fields = {}
        for key in KEPT:
            value = kept.get(key)
            if isinstance(value, Ref):
                written[f"/{key}"] = f"{value.number} {value.generation} R".encode()
        # §14.4: the first identifier stays, the second changes with every update
        new = hashlib.sha256(len(pdf).to_bytes(8, "big") + pdf[-4096:]).digest()[:16]
        found = kept.get("ID")
        first = found[0] if isinstance(found, list) and found and isinstance(found[0], bytes) else new
        written["/ID"] = objects.array([b"<" + first.hex().encode() + b">", b"<" + new.hex().encode() + b">"])
        written["/Prev"] = str(self._layout.start).encode()
        return written

    def _table(self, _: int, entries: dict[int, Entry], trailer: Fields) -> bytes:
        out = bytearray(b"xref\n")
        for run in _runs(entries):
            out += f"{run[0]} {len(run)}\n".encode()
            for number in run:
                _, offset, generation = entries[number]
                out += f"{offset:010d} {generation:05d} n\r\n".encode()
        trailer["/Size"] = str(self._next).encode()
        return bytes(out) + b"trailer\n" + objects.dictionary(trailer) + b"\n"

    def _stream(self, start: int, entries: dict[int, Entry], trailer: Fields) -> bytes:
        own = self._next
        entries[own] = (Kind.OFFSET, start, 0)
        index, rows = [], bytearray()
        for run in _runs(entries):
            index += [str(run[0]).encode(), str(len(run)).encode()]
            for number in run:
                _, offset, generation = entries[number]
                rows += b"\x01" + offset.to_bytes(5, "big") + generation.to_bytes(2, "big")
        whole = {
            "/Type": b"/XRef",
            "/W": b"[1 5 2]",
            "/Index": objects.array(index),
            "/Size": str(own + 1).encode(),
            **trailer,
        }
        return f"{own} 0 obj\n".encode() + objects.stream(whole, bytes(rows)) + b"\nendobj\n"


class Appended:
    """A document with its update, and where each new object's body starts."""

    __slots__ = ("layout", "pdf", "starts")

    def __init__(self, pdf: bytearray, layout: Layout, starts: dict[int, int]) -> None:
        self.pdf = pdf
        self.layout = layout
        self.starts = starts


def root_reference(layout: Layout) -> Ref | None:
    """The catalogue that the newest trailer names."""
    value = layout.trailer.get("Root")
    return value if isinstance(value, Ref) else None


def is_name(value: Value, expected: str) -> bool:
    """Whether a value is this name."""
    return isinstance(value, Name) and value.text == expected


def _runs(entries: dict[int, Entry]) -> list[list[int]]:
    runs: list[list[int]] = []
    for number in sorted(entries):
        if runs and runs[-1][-1] == number - 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return runs
