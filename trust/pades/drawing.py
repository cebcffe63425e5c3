"""A page that typst has set, taken apart so that it can be put into another document: content, resources, objects.

The bytes are of our own making, so the bounded reader of this package is enough; no PDF library is in this process.
"""

import zlib
from collections.abc import Callable

from trust.frozen import Frozen
from trust.pades import xref
from trust.pades.increment import Increment
from trust.pades.syntax import OBJECT, Name, Ref, Value, read_value, skip_space

Part = bytes | int  # an int is the index of an object of the drawing
Parts = tuple[Part, ...]


class Drawing(Frozen, kw_only=False):
    """A page's content, its resources, and what they refer to."""

    content: bytes
    resources: Parts
    objects: tuple[Parts, ...]


def read(pdf: bytes) -> Drawing:
    """The first page of a document that this process made."""
    return _Reader(pdf).page()


def take_over(drawing: Drawing, increment: Increment) -> bytes:
    """Put a drawing's objects into an update; gives its resources as they are written there."""
    numbers = [increment.reserve() for _ in drawing.objects]
    for number, parts in zip(numbers, drawing.objects, strict=True):
        increment.put(number, _written(parts, numbers))
    return _written(drawing.resources, numbers)


def _written(parts: Parts, numbers: list[int]) -> bytes:
    return b"".join(part if isinstance(part, bytes) else b"%d 0 R" % numbers[part] for part in parts)


class _Reader:
    def __init__(self, pdf: bytes) -> None:
        self._pdf = pdf
        layout = xref.read(pdf)
        self._offsets = {number: offset for number, (_, offset, _) in layout.entries().items()}
        self._root = layout.trailer["Root"]
        self._indices: dict[int, int] = {}
        self._objects: list[Parts] = []

    def page(self) -> Drawing:
        value = self._dictionary(self._root)
        value = self._dictionary(value["Pages"])
        kids = value["Kids"]
        assert isinstance(kids, list)
        page = self._dictionary(kids[0])
        header, body = self._object(page["Contents"])
        assert isinstance(header, dict)
        content = zlib.decompress(body) if "Filter" in header else body
        resources = tuple(self._parts(page["Resources"]))
        return Drawing(content, resources, tuple(self._objects))

    def _dictionary(self, value: Value) -> dict[str, Value]:
        found, _ = self._object(value)
        assert isinstance(found, dict)
        return found

    def _object(self, value: Value) -> tuple[Value, bytes]:
        """An object's value and its stream, if it has one."""
        if not isinstance(value, Ref):
            return value, b""
        start = OBJECT.match(self._pdf, self._offsets[value.number])
        assert start is not None
        found, at = read_value(self._pdf, start.end())
        at = skip_space(self._pdf, at)
        if not isinstance(found, dict) or not self._pdf.startswith(b"stream", at):
            return found, b""
        at = self._pdf.index(b"\n", at) + 1
        length = found["Length"]
        assert isinstance(length, int)
        return found, self._pdf[at : at + length]

    def _parts(self, value: Value) -> list[Part]:
        if isinstance(value, Ref):
            return [self._index(value)]
        if isinstance(value, dict):
            return _joined(
                b"<<", [[b"/" + key.encode("latin-1") + b" ", *self._parts(of)] for key, of in value.items()], b">>"
            )
        if isinstance(value, list):
            return _joined(b"[", [self._parts(item) for item in value], b"]")
        return [plain(value)]

    def _index(self, reference: Ref) -> int:
        known = self._indices.get(reference.number)
        if known is None:
            known = self._indices[reference.number] = len(self._objects)
            self._objects.append(())
            value, stream = self._object(reference)
            parts = self._parts(value)
            if isinstance(value, dict) and "Length" in value:
                parts.append(b"\nstream\n" + stream + b"\nendstream")
            self._objects[known] = tuple(parts)
        return known


def _joined(opening: bytes, inside: list[list[Part]], closing: bytes) -> list[Part]:
    return [opening, *(part for parts in inside for part in (*parts, b" ")), closing]


PLAIN: dict[type, Callable[..., bytes]] = {
    Name: lambda name: b"/" + name.text.encode("latin-1"),
    bytes: lambda text: b"<" + text.hex().encode() + b">",
    bool: lambda truth: b"true" if truth else b"false",
    int: lambda number: b"%d" % number,
    float: lambda number: f"{number:.6f}".rstrip("0").rstrip(".").encode(),
    type(None): lambda _: b"null",
}


def plain(value: Value) -> bytes:
    """A value without parts as it is written."""
    return PLAIN[type(value)](value)
