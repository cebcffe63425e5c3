"""Ask Linux to hold this process's memory in huge pages: 2 MB each in place of 4 KB.

A request touches thousands of small objects all over the heap. Where each lies in a page of its own, the processor must
look up as many addresses in the page tables, which on a virtual machine costs several times what it does on a real one.
Whoever does not ask gets none: most systems give them to those who do (`madvise` in
/sys/kernel/mm/transparent_hugepage/enabled). A server asks when it has begun to answer, and twice again as it fills.
"""

import ctypes
import mmap
from collections.abc import Iterator
from pathlib import Path

HUGE = 2 * 1024 * 1024  # bytes, on x86-64 and on ARM with pages of 4 KB
ASKED_AFTER = (2.0, 10.0, 60.0)  # seconds of serving
PAUSE = 0.02  # seconds between two of them, for requests
FULL = 0.75  # of a range is in use: what is hardly used, as a thread's stack, would only cost memory
COLLAPSE = 25  # MADV_COLLAPSE (Linux 6.1), which this Python does not name: at once, not when the kernel finds the time


def ask_for_huge_pages(maps: Path = Path("/proc/self/smaps")) -> Iterator[int]:
    """Ask for one after another, each as the next is wanted, and give its address: the kernel takes some milliseconds
    for each, in which nothing else is done. It may refuse all or some; nothing depends on it."""
    try:
        text = maps.read_text("ascii", "replace")
        advise = ctypes.CDLL(None).madvise
        advice = mmap.MADV_HUGEPAGE, COLLAPSE
    except (OSError, AttributeError):  # another system than Linux, or another library than glibc's kind
        return
    advise.argtypes = (ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int)
    for first, end in ranges(text):
        for page in range(first, end, HUGE):
            for each in advice:
                advise(page, HUGE, each)
            yield page


def ranges(smaps: str) -> Iterator[tuple[int, int]]:
    """Of a process's ranges (proc(5), smaps) those that huge pages serve: first and end address, on their borders."""
    first = end = 0
    for line in smaps.split("\n"):
        words = line.split() or [":"]
        if not words[0].endswith(":"):  # "7f00-7f20 rw-p 00000000 00:00 0 [heap]"
            is_own = words[1].startswith("rw") and words[4] == "0" and words[5:] in ([], ["[heap]"])
            low, _, high = words[0].partition("-")
            first, end = (int(low, 16), int(high, 16)) if is_own else (0, 0)
        elif words[0] == "Rss:" and int(words[1]) * 1024 >= FULL * (end - first):
            low_border, high_border = -(-first // HUGE) * HUGE, end // HUGE * HUGE
            if low_border < high_border:
                yield low_border, high_border
