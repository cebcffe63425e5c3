"""Documents opened by qpdf: a file, or its first part as a file of its own, as it was when somebody signed.

They are given to qpdf in memory that it looks at itself; a stream of Python's, which it calls back for every few
bytes, takes twice to five times as long.
"""

import io
import os
from typing import TYPE_CHECKING, BinaryIO

import pikepdf

from trust.pades import in_memory
from trust.pades.in_memory import Document

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

LARGE = 1024 * 1024  # bytes from which on a copy costs more than reading piece by piece
SPARSE = 4096  # bytes an object, at least: where objects are many, a copy is quicker
PIECE = 64 * 1024


class _Beginning(io.RawIOBase):
    """Reads the bytes before a place; nothing is copied but what is asked for."""

    def __init__(self, data: Document, end: int) -> None:
        self._view, self._end, self._at = memoryview(data), end, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self._at = max(0, offset + (0, self._at, self._end)[whence])
        return self._at

    def tell(self) -> int:
        return self._at

    def readinto(self, into: "WriteableBuffer") -> int:
        """As much as fits and is there."""
        room = memoryview(into)
        count = max(0, min(len(room), self._end - self._at))
        room[:count] = self._view[self._at : self._at + count]
        self._at += count
        return count


def whole(data: Document, *, held: int | None = None) -> pikepdf.Pdf:
    """The file; `held` is memory that holds it already. Raises pikepdf.PdfError, pikepdf.PasswordError."""
    return _in_memory(data) if held is None else _seen(held)


def opened(data: Document, end: int, objects: int) -> pikepdf.Pdf:
    """The revision that ends there. Raises pikepdf.PdfError."""
    if end < LARGE or objects > end // SPARSE:
        return _in_memory(memoryview(data)[:end])
    return _open(io.BufferedReader(_Beginning(data, end), PIECE), pikepdf.AccessMode.stream)


def _in_memory(data: Document | memoryview) -> pikepdf.Pdf:
    held = in_memory.empty()
    try:
        in_memory.put(held, data)
        return _seen(held)
    finally:
        os.close(held)  # what qpdf sees stays


def _seen(held: int) -> pikepdf.Pdf:
    with open(held, "rb", buffering=0, closefd=False) as file:
        return _open(file, pikepdf.AccessMode.mmap)


def _open(source: BinaryIO, access: pikepdf.AccessMode) -> pikepdf.Pdf:
    return pikepdf.open(source, access_mode=access, suppress_warnings=True, inherit_page_attributes=False)
