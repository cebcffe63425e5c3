"""Memory that is a file without a name (memfd_create(2)): what one process puts there another reads as its own.

A library that reads files has a view of it, where through a stream of Python's it would call back for every few bytes.
"""

import os
import tempfile


def empty() -> int:
    """Its descriptor, which belongs to who asks; a file on disk where there is no such memory (not Linux)."""
    if hasattr(os, "memfd_create"):
        return os.memfd_create("document")
    with tempfile.TemporaryFile() as made:
        return os.dup(made.fileno())


def put(held: int, data: bytes | memoryview) -> None:
    """Let it hold this and nothing else."""
    os.ftruncate(held, len(data))
    at, view = 0, memoryview(data)
    while at < len(data):
        at += os.pwrite(held, view[at:], at)


def taken(held: int, length: int) -> bytes:
    """A copy of what it holds."""
    pieces: list[bytes] = []
    at = 0
    while at < length and (piece := os.pread(held, length - at, at)):
        pieces.append(piece)
        at += len(piece)
    return pieces[0] if len(pieces) == 1 else b"".join(pieces)
