"""A document in memory that is a file without a name (memfd_create(2)): who gets it sees what another put there.

Nothing is copied for a process that only looks, nor for a library that reads files: through a stream of Python's it
would call back for every few bytes.
"""

import mmap
import os

Document = bytes | mmap.mmap  # its bytes: in a process's own memory, or seen where another put them


def empty() -> int:
    """Such memory, by its descriptor, which belongs to who asks; a file on disk where there is none (not Linux)."""
    if hasattr(os, "memfd_create"):
        return os.memfd_create("document")
    import tempfile  # noqa: PLC0415 - only there

    with tempfile.TemporaryFile() as made:
        return os.dup(made.fileno())


def put(held: int, data: Document | memoryview) -> None:
    """Let it hold this and nothing else."""
    os.ftruncate(held, len(data))
    at, view = 0, memoryview(data)
    while at < len(data):
        at += os.pwrite(held, view[at:], at)


def seen(held: int, length: int) -> Document:
    """What it holds; it must not become shorter while anybody looks."""
    return mmap.mmap(held, length, prot=mmap.PROT_READ) if length else b""
