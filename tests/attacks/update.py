"""An incremental update as an attacker writes it: every part can be wrong on purpose."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from tests.attacks.documents import XMP
from trust.pades.syntax import Ref
from trust.pades.xref import Layout, read

EVIL = b"BT /F1 40 Tf 72 400 Td (PAY 9999 TO ME) Tj ET"


def evil_stream() -> bytes:
    """A page's content that nobody signed."""
    return b"<< /Length %d >>\nstream\n%s\nendstream" % (len(EVIL), EVIL)


def metadata(text: bytes) -> bytes:
    """Another metadata stream, with a text of one's own."""
    body = XMP % text
    return b"<< /Type /Metadata /Subtype /XML /Length %d >>\nstream\n%s\nendstream" % (len(body), body)


@dataclass(slots=True)
class Update:
    """Bodies by number, and what is said about them."""

    pdf: bytes
    bodies: dict[int, bytes] = field(default_factory=dict)
    generation: dict[int, int] = field(default_factory=dict)
    layout: Layout = field(init=False)
    _next: int = field(init=False)

    def __post_init__(self) -> None:
        self.layout = read(self.pdf)
        self._next = self.layout.size

    def add(self, body: bytes) -> int:
        """A new object's number."""
        number, self._next = self._next, self._next + 1
        self.bodies[number] = body
        return number

    @property
    def root(self) -> Ref:
        """The catalogue."""
        root = self.layout.trailer["Root"]
        assert isinstance(root, Ref)
        return root

    def written(
        self,
        *,
        unlisted: frozenset[int] = frozenset(),
        listed: Mapping[int, int] | None = None,
        freed: frozenset[int] = frozenset(),
        twice: Mapping[int, int] | None = None,
        trailer: bytes | None = None,
        prev: int | None = None,
        root: int | None = None,
        table: bool = True,
        start_off: int = 0,
        end: bytes = b"%%EOF\n",
        before: bytes = b"",
    ) -> bytes:
        """The document with the update.

        unlisted: objects that the table passes over; listed: entries with offsets of one's own; freed: entries that
        say "free"; twice: a second entry for a number; start_off: by how much startxref is wrong.
        """
        out = bytearray(self.pdf if self.pdf.endswith(b"\n") else self.pdf + b"\n") + before
        entries: list[tuple[int, int, int, bytes]] = []
        for number, body in self.bodies.items():
            generation = self.generation.get(number, 0)
            if number not in unlisted:
                entries.append((number, len(out), generation, b"n"))
            out += b"%d %d obj\n%s\nendobj\n" % (number, generation, body)
        entries += [(number, offset, 0, b"n") for number, offset in (listed or {}).items()]
        entries += [(number, 0, 1, b"f") for number in freed]
        entries.sort()
        entries += [(number, offset, 0, b"n") for number, offset in (twice or {}).items()]
        start = len(out)
        if table:
            out += b"xref\n"
            for number, offset, generation, kind in entries:
                out += b"%d 1\n%010d %05d %s\r\n" % (number, offset, generation, kind)
            if not entries:
                out += b"0 0\n"
        if trailer is None:
            size = max([self._next, *(number + 1 for number, *_ in entries)])
            information = self.layout.trailer.get("Info")
            trailer = b"trailer\n<< /Size %d /Root %d %d R%s /Prev %d >>\n" % (
                size,
                root or self.root.number,
                0 if root else self.root.generation,
                b" /Info %d 0 R" % information.number if isinstance(information, Ref) else b"",
                self.layout.start if prev is None else prev,
            )
        return bytes(out + trailer + b"startxref\n%d\n" % (start + start_off) + end)
