"""A small, bounded reader of PDF objects (ISO 32000-2 §7.3), for trailers and signature dictionaries.

It reads what a cross-reference needs and nothing more; documents as a whole are read by qpdf.
"""

import re

from trust.frozen import Frozen
from trust.pades.in_memory import Document

DEEPEST = 32
LONGEST = 200_000  # tokens in one object

WHITE = b"\x00\t\n\x0c\r "
_SPACE = re.compile(rb"(?:[\x00\t\n\x0c\r ]|%[^\r\n]*)*")
_WHITE = rb"[\x00\t\n\x0c\r ]"
_REGULAR = rb"[^\x00\t\n\x0c\r ()<>\[\]{}/%]"
# groups are made atomic, `(?>(?:…)*)`, and not repeated possessively: before 3.11.5 Python then keeps what the last
# round read in vain
# one token, past white space and comments; the number of the group says of which kind it is
_TOKEN = re.compile(
    rb"(?>(?:" + _WHITE + rb"++|%[^\r\n]*+)*)(?:"
    rb"/(" + _REGULAR + rb"*)"
    rb"|(\d{1,10})" + _WHITE + rb"+(\d{1,5})" + _WHITE + rb"+R(?!" + _REGULAR + rb")"
    rb"|([+-]?(?:\d+\.?\d*|\.\d+))"
    rb"|(<<)|(\[)|(>>)|(\])"
    rb"|<([0-9A-Fa-f\x00\t\n\x0c\r ]*)>"
    rb"|(\()"
    rb"|(true|false|null))"
)
_NAME, _DICTIONARY_END, _ARRAY_END = 1, 7, 8
# the entries of a dictionary as most are: each a key, and a name, a reference or a number; no comment between them
_PARTS = {b"key": rb"/" + _REGULAR + rb"*+", b"space": _WHITE + rb"*+", b"gap": _WHITE + rb"++", b"regular": _REGULAR}
_PARTS[b"value"] = (
    rb"(?:%(key)b|\d{1,10}+%(gap)b\d{1,5}+%(gap)bR(?!%(regular)b)|[+-]?+(?:\d++\.?+\d*+|\.\d++))" % _PARTS
)
_PLAIN = re.compile(rb"(?>(?:%(space)b%(key)b%(space)b%(value)b)*)%(space)b>>" % _PARTS)
_ENTRY = re.compile(rb"(%(key)b)%(space)b(%(value)b)" % _PARTS)
_WORDS = {b"true": True, b"false": False, b"null": None}
_ESCAPE = re.compile(rb"\\(?:([0-7]{1,3})|(\r\n|.))|\r\n?", re.DOTALL)
_ESCAPED = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f", b"\n": b"", b"\r": b"", b"\r\n": b""}
_STRING_STOP = re.compile(rb"[()\\]")
OBJECT = re.compile(rb"(\d{1,10})[\x00\t\n\x0c\r ]+(\d{1,5})[\x00\t\n\x0c\r ]+obj")


class BadSyntax(Exception):
    """The bytes are not a PDF object."""


class Ref(Frozen, kw_only=False):
    """An indirect reference."""

    number: int
    generation: int


class Name(Frozen, kw_only=False):
    """A name, with its #-escapes as they stand."""

    text: str


Value = None | bool | int | float | Name | Ref | bytes | list["Value"] | dict[str, "Value"]


def skip_space(data: Document, at: int) -> int:
    """Past white space and comments."""
    found = _SPACE.match(data, at)
    assert found is not None  # it matches nothing at all too
    return found.end()


def plain_entries(data: Document, at: int) -> tuple[dict[bytes, bytes], int] | None:
    """Of a dictionary that is open here the entries as they are written, and where it ends.

    None where one is anything but a name, a reference or a number: then it must be read token by token.
    """
    found = _PLAIN.match(data, at)
    return (dict(_ENTRY.findall(data, at, found.end())), found.end()) if found is not None else None


def read_value(data: Document, at: int) -> tuple[Value, int]:
    """The object that starts here, and where it ends."""
    return _Reader(data).value(at, 0)


class _Reader:
    def __init__(self, data: Document) -> None:
        self.data = data
        self.tokens = 0

    def value(self, at: int, depth: int) -> tuple[Value, int]:
        found = _TOKEN.match(self.data, at)
        if found is None:
            raise BadSyntax
        return self.read(found, depth)

    def read(self, found: re.Match[bytes], depth: int) -> tuple[Value, int]:  # noqa: PLR0911 - one a kind of object
        """The value that begins with a token."""
        self.tokens += 1
        if depth > DEEPEST or self.tokens > LONGEST:
            raise BadSyntax
        match found.lastindex:
            case 1:
                return Name(found[1].decode("latin-1")), found.end()
            case 3:
                return Ref(int(found[2]), int(found[3])), found.end()
            case 4:
                text = found[4]
                return (float(text) if b"." in text else int(text)), found.end()
            case 5:
                return self.dictionary(found.end(), depth)
            case 6:
                return self.array(found.end(), depth)
            case 9:
                return _unhexed(found[9]), found.end()
            case 10:
                return self.string(found.end())
            case 11:
                return _WORDS[found[11]], found.end()
        raise BadSyntax  # an end where none can be

    def dictionary(self, at: int, depth: int) -> tuple[dict[str, Value], int]:
        read: dict[str, Value] = {}
        while found := _TOKEN.match(self.data, at):
            if found.lastindex == _DICTIONARY_END:
                return read, found.end()
            if found.lastindex != _NAME:
                break
            self.tokens += 1
            read[found[_NAME].decode("latin-1")], at = self.value(found.end(), depth + 1)
        raise BadSyntax

    def array(self, at: int, depth: int) -> tuple[list[Value], int]:
        read: list[Value] = []
        while found := _TOKEN.match(self.data, at):
            if found.lastindex == _ARRAY_END:
                return read, found.end()
            value, at = self.read(found, depth + 1)
            read.append(value)
        raise BadSyntax

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


def _unhexed(digits: bytes) -> bytes:
    if not digits.isalnum():
        digits = re.sub(_WHITE, b"", digits)
    return bytes.fromhex((digits + b"0" * (len(digits) % 2)).decode())


def _unescaped(found: re.Match[bytes]) -> bytes:
    octal, other = found.groups()
    if octal:
        return bytes([int(octal, 8) & 255])
    return b"\n" if other is None else _ESCAPED.get(other, other)
