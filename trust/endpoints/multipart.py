"""multipart/form-data (RFC 7578), bounded: a few named parts of one request."""

import re

from trust.frozen import Frozen, Hidden

MOST_PARTS = 8
LONGEST_HEAD = 4096
_BOUNDARY = re.compile(r'boundary=(?:"([^"]{1,70})"|([^\s;"]{1,70}))', re.IGNORECASE)
_NAME = re.compile(r';\s*name="([^"]{1,100})"', re.IGNORECASE)
_FILE_NAME = re.compile(r';\s*filename="([^"]{0,1000})"', re.IGNORECASE)


class Part(Frozen):
    """One part: its content type, and its bytes."""

    content_type: str
    content: Hidden[bytes]


class Malformed(Exception):
    """The body is not what its header says."""


class TooMany(Exception):
    """There are more parts than are taken."""


def read(content_type: str, body: bytes) -> dict[str, Part]:
    """The parts by name. A name given twice is malformed: nobody can say which one counts."""
    pieces = _pieces(content_type, body, MOST_PARTS)
    if pieces is None:
        raise Malformed
    parts: dict[str, Part] = {}
    for piece in pieces:
        name, _, part = _part(piece)
        if name in parts:
            raise Malformed
        parts[name] = part
    return parts


def files(content_type: str, body: bytes, *, most: int) -> tuple[tuple[str, Part], ...]:
    """Parts that are files, each named `file`, with what the sender calls them, in their order."""
    pieces = _pieces(content_type, body, most)
    if pieces is None:
        raise TooMany
    found = []
    for piece in pieces:
        name, file_name, part = _part(piece)
        if name != "file":
            raise Malformed
        found.append((file_name, part))
    return tuple(found)


def with_files(content_type: str, body: bytes, *, most: int) -> tuple[Part, tuple[Part, ...]]:
    """A part named `metadata`, and after it parts named `file`, in their order."""
    pieces = _pieces(content_type, body, most + 1)
    if pieces is None:
        raise TooMany
    found = [_part(piece) for piece in pieces]
    if not found or [name for name, _, _ in found] != ["metadata", *["file"] * (len(found) - 1)]:
        raise Malformed
    return found[0][2], tuple(part for _, _, part in found[1:])


def _pieces(content_type: str, body: bytes, most: int) -> list[bytes] | None:
    """What stands between the delimiters; None where there are too many."""
    found = _BOUNDARY.search(content_type)
    if not content_type.lower().startswith("multipart/form-data") or found is None:
        raise Malformed
    delimiter = b"--" + (found.group(1) or found.group(2)).encode("latin-1", "replace")
    # every delimiter but the first follows a line end that belongs to it (RFC 2046 §5.1.1)
    pieces = (b"\r\n" + body).split(b"\r\n" + delimiter, most + 2)
    if len(pieces) > most + 2:
        return None
    if len(pieces) < 2 or not pieces[-1].startswith(b"--"):
        raise Malformed
    return pieces[1:-1]


def _part(piece: bytes) -> tuple[str, str, Part]:
    start = piece.find(b"\r\n")
    end = piece.find(b"\r\n\r\n", start)
    if start < 0 or end < 0 or end > LONGEST_HEAD or piece[:start].strip(b" \t"):
        raise Malformed
    fields: dict[str, str] = {}
    for line in piece[start + 2 : end].decode("utf-8", "replace").split("\r\n"):
        key, separator, value = line.partition(":")
        if not separator:
            raise Malformed
        fields[key.strip().lower()] = value.strip()
    disposition = fields.get("content-disposition", "")
    found, called = _NAME.search(disposition), _FILE_NAME.search(disposition)
    if not disposition.lower().startswith("form-data") or found is None:
        raise Malformed
    part = Part(content_type=fields.get("content-type", ""), content=piece[end + 4 :])
    return found.group(1), called.group(1) if called else "", part
