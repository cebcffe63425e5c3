"""How a process that serves for long keeps its memory flat."""

import ctypes
import gc
import sys

M_ARENA_MAX = -8  # of mallopt(3), glibc
ARENAS = 2


def share_arenas() -> None:
    """Let threads share what they allocate from; glibc gives each its own, and what one freed no other takes."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None) if sys.platform == "linux" else None
    if mallopt is not None:
        mallopt(M_ARENA_MAX, ARENAS)


def settle() -> None:
    """What is there by now stays for good: the collector need not look at it again, which took a tenth of a second."""
    gc.collect()
    gc.freeze()
