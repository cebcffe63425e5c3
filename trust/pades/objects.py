"""PDF objects as bytes: of a document's own objects, and of objects that come from another document."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pikepdf

Fields = dict[str, bytes]  # "/Key" → the value as it is written
DEEPEST = 64


def text(value: Any) -> bytes:
    """A value of an open document as it is written; references stay references."""
    if isinstance(value, pikepdf.Object):
        return value.unparse()
    if value is None:
        return b"null"
    if isinstance(value, bool):
        return b"true" if value else b"false"
    if isinstance(value, Decimal):
        return format(value, "f").encode()
    return str(int(value)).encode()


def fields(dictionary: Any) -> Fields:
    """A dictionary's entries, each as it is written."""
    return {key: text(value) for key, value in dictionary.items()}


def dictionary(entries: Fields) -> bytes:
    """A dictionary as it is written."""
    return b"<< " + b" ".join(key.encode() + b" " + value for key, value in entries.items()) + b" >>"


def array(items: list[bytes]) -> bytes:
    """An array as it is written."""
    return b"[" + b" ".join(items) + b"]"


def stream(entries: Fields, content: bytes) -> bytes:
    """A stream as it is written."""
    whole = {**entries, "/Length": str(len(content)).encode()}
    return dictionary(whole) + b"\nstream\n" + content + b"\nendstream"


def string(value: str) -> bytes:
    """A text string (§7.9.2.2): UTF-16BE with its mark, in hexadecimal, so that nothing need be escaped."""
    if value.isascii() and not set(value) & set("()\\") and value.isprintable():
        return b"(" + value.encode() + b")"
    return b"<FEFF" + value.encode("utf-16-be").hex().upper().encode() + b">"


def number(value: float) -> bytes:
    """A real number, short."""
    return f"{value:.3f}".rstrip("0").rstrip(".").encode() or b"0"


class Transplant:
    """Copies objects of one document into another's numbering, each once."""

    def __init__(self, reserve: Callable[[], int]) -> None:
        self._reserve = reserve
        self._done: dict[tuple[int, int], int] = {}
        self._put: dict[int, bytes] = {}

    def copy(self, value: Any, depth: int = 0) -> bytes:
        """The value as it is written in the other document; what it refers to is copied with it."""
        if depth > DEEPEST:
            raise ValueError("too_deep")
        if not isinstance(value, pikepdf.Object):
            return text(value)
        if value.is_indirect and value.objgen != (0, 0):
            return f"{self._indirect(value, depth)} 0 R".encode()
        return self._direct(value, depth)

    @property
    def copied(self) -> dict[int, bytes]:
        """Object number → body, of everything copied so far."""
        return self._put

    def _indirect(self, value: Any, depth: int) -> int:
        known = self._done.get(value.objgen)
        if known is None:
            known = self._done[value.objgen] = self._reserve()
            self._put[known] = self._direct(value, depth)
        return known

    def _direct(self, value: Any, depth: int) -> bytes:
        if isinstance(value, pikepdf.Stream):
            entries = {key: self.copy(item, depth + 1) for key, item in value.items() if key != "/Length"}
            return stream(entries, bytes(value.read_raw_bytes()))
        if isinstance(value, pikepdf.Dictionary):
            return dictionary({key: self.copy(item, depth + 1) for key, item in value.items()})
        if isinstance(value, pikepdf.Array):
            return array([self.copy(item, depth + 1) for item in value])
        return text(value)
