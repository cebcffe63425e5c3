"""A small, bounded reader of PDF objects (ISO 32000-2 §7.3), for trailers and signature dictionaries.

It reads what a cross-reference needs and nothing more; documents as a whole are read by qpdf.
"""

import re
from dataclasses import dataclass

DEEPEST = 32
LONGEST = 200_000  # tokens in one object

WHITE = b"\x00\t\n\x0c\r "
_SPACE = re.compile(rb"(?:[\x00\t\n\x0c\r ]|%[^\r\n]*)*")
_NUMBER = re.compile(rb"[+-]?(?:\d+\.?\d*|\.\d+)")
_REFERENCE = re.compile(rb"(\d{1,10})[\x00\t\n\x0c\r ]+(\d{1,5})[\x00\t\n\x0c\r ]+R(?![^\x00\t\n\x0c\r ()<>\[\]{}/%])")
_NAME = re.compile(rb"/[^\x00\t\n\x0c\r ()<>\[\]{}/%]*")
_WORD = re.compile(rb"true|false|null")
_HEX = re.compile(rb"<([0-9A-Fa-f\x00\t\n\x0c\r ]*)>")
_ESCAPE = re.compile(rb"\\(?:([0-7]{1,3})|(\r\n|.))|\r\n?", re.DOTALL)
_ESCAPED = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f", b"\n": b"", b"\r": b"", b"\r\n": b""}
_STRING_STOP = re.compile(rb"[()\\]")
OBJECT = re.compile(rb"(\d{1,10})[\x00\t\n\x0c\r ]+(\d{1,5})[\x00\t\n\x0c\r ]+obj")


class BadSyntax(Exception):
    """The bytes are not a PDF object."""


@dataclass(frozen=True, slots=True)
class Ref:
    """An indirect reference."""

    number: int
    generation: int


@dataclass(frozen=True, slots=True)
class Name:
    """A name, with its #-escapes as they stand."""

    text: str


Value = None | bool | int | float | Name | Ref | bytes | list["Value"] | dict[str, "Value"]


def skip_space(data: bytes, at: int) -> int:
    """Past white space and comments."""
    found = _SPACE.match(data, at)
    assert found is not None  # it matches nothing at all too
    return found.end()


def read_value(data: bytes, at: int) -> tuple[Value, int]:
    """The object that starts here, and where it ends."""
    return _Reader(data).value(at, 0)


class _Reader:
    def __init__(self, data: bytes) -> None:
        self.data = data
        self.tokens = 0

    def value(self, at: int, depth: int) -> tuple[Value, int]:  # noqa: C901, PLR0911 - one case a kind of object
        self.tokens += 1
        if depth > DEEPEST or self.tokens > LONGEST:
            raise BadSyntax
        data = self.data
        at = skip_space(data, at)
        start = data[at : at + 2]
        if start == b"<<":
            return self.dictionary(at + 2, depth)
        head = start[:1]
        if head == b"[":
            return self.array(at + 1, depth)
        if head == b"/":
            found = _NAME.match(data, at)
            assert found is not None
            return Name(found.group()[1:].decode("latin-1")), found.end()
        if head == b"<":
            if not (found := _HEX.match(data, at)):
                raise BadSyntax
            digits = re.sub(rb"[\x00\t\n\x0c\r ]", b"", found.group(1)).decode()
            return bytes.fromhex(digits + "0" * (len(digits) % 2)), found.end()
        if head == b"(":
            return self.string(at + 1)
        if found := _REFERENCE.match(data, at):
            return Ref(int(found.group(1)), int(found.group(2))), found.end()
        if found := _NUMBER.match(data, at):
            text = found.group()
            return (float(text) if b"." in text else int(text)), found.end()
        if found := _WORD.match(data, at):
            return {b"true": True, b"false": False, b"null": None}[found.group()], found.end()
        raise BadSyntax

    def dictionary(self, at: int, depth: int) -> tuple[dict[str, Value], int]:
        read: dict[str, Value] = {}
        while True:
            at = skip_space(self.data, at)
            if self.data[at : at + 2] == b">>":
                return read, at + 2
            key, at = self.value(at, depth + 1)
            if not isinstance(key, Name):
                raise BadSyntax
            read[key.text], at = self.value(at, depth + 1)

    def array(self, at: int, depth: int) -> tuple[list[Value], int]:
        read: list[Value] = []
        while True:
            at = skip_space(self.data, at)
            if self.data[at : at + 1] == b"]":
                return read, at + 1
            value, at = self.value(at, depth + 1)
            read.append(value)

    def string(self, at: int) -> tuple[bytes, int]:
        """A literal string (§7.3.4.2)."""
        start, depth = at, 1
        while found := _STRING_STOP.search(self.data, at):
            at = found.end()
            match found.group():
                case b"\\":
                    at += 1
                case b"(":
                    depth += 1
                case _:
                    depth -= 1
                    if depth == 0:
                        return _ESCAPE.sub(_unescaped, self.data[start : at - 1]), at
        raise BadSyntax


def _unescaped(found: re.Match[bytes]) -> bytes:
    octal, other = found.groups()
    if octal:
        return bytes([int(octal, 8) & 255])
    return b"\n" if other is None else _ESCAPED.get(other, other)
