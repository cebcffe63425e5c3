"""The first part of a file, as a file of its own: what was there when somebody signed."""

import io
from typing import TYPE_CHECKING

import pikepdf

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

LARGE = 1024 * 1024  # bytes from which on a copy costs more than reading piece by piece
SPARSE = 4096  # bytes an object, at least: where objects are many, a copy is quicker
PIECE = 64 * 1024


class _Beginning(io.RawIOBase):
    """Reads the bytes before a place; nothing is copied but what is asked for."""

    def __init__(self, data: bytes, end: int) -> None:
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


def opened(data: bytes, end: int, objects: int) -> pikepdf.Pdf:
    """The revision that ends there. Raises pikepdf.PdfError."""
    whole = end < LARGE or objects > end // SPARSE
    source = io.BytesIO(data[:end]) if whole else io.BufferedReader(_Beginning(data, end), PIECE)
    return pikepdf.open(source, suppress_warnings=True, inherit_page_attributes=False)
