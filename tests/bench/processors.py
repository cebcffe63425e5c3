"""Processors: what runs on which, and what a tree of processes has used of them (/proc, Linux)."""

import itertools
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

TICK = os.sysconf("SC_CLK_TCK")


def available() -> list[int]:
    """The processors that this process may use, or none where nobody can tell."""
    try:
        return sorted(os.sched_getaffinity(0))
    except (AttributeError, OSError):
        return []


ALL = frozenset(available())
FOR_SERVERS = frozenset(available()[:1])
FOR_LOAD = frozenset(available()[1:2]) or FOR_SERVERS


def stay_on(processors: frozenset[int], pid: int = 0) -> None:
    """Run there only, where that can be asked for; children do the same."""
    if processors:
        with suppress(AttributeError, OSError):
            os.sched_setaffinity(pid, processors)


@contextmanager
def on(processors: frozenset[int]) -> Iterator[None]:
    """This process runs there for a while."""
    before = frozenset(available())
    stay_on(processors)
    try:
        yield
    finally:
        stay_on(before)


def spread(pid: int, workers: int) -> None:
    """Let each of so many workers, the largest processes of the tree, run on a processor of its own."""
    largest = sorted(tree(pid), key=_resident)[-workers:]
    for worker, processor in zip(largest, itertools.cycle(sorted(ALL)), strict=False):
        _move(worker, frozenset({processor}))


def move(pid: int, to: frozenset[int]) -> None:
    """Let a tree of processes run there only, with all the threads that it has by now."""
    for process in tree(pid):
        _move(process, to)


def _move(process: int, to: frozenset[int]) -> None:
    with suppress(OSError):  # it may have ended
        for task in Path(f"/proc/{process}/task").iterdir():
            stay_on(to, int(task.name))


def tree(pid: int) -> list[int]:
    """A process and its descendants."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()
    except OSError:
        return [pid]
    return [pid, *(one for child in children for one in tree(int(child)))]


def seconds_used(pid: int) -> float:
    """Processor time of the tree: user and system, with that of children who have ended."""
    return sum(_ticks(one) for one in tree(pid)) / TICK


def exact_seconds_used(pid: int) -> float:
    """The same by the nanosecond for those that live; of those that have ended by the tick."""
    alive = sum(_nanoseconds(one) for one in tree(pid)) / 1e9
    ended = os.times() if pid == os.getpid() else None
    return alive + (ended.children_user + ended.children_system if ended is not None else 0.0)


def _nanoseconds(pid: int) -> int:
    total = 0
    for task in Path(f"/proc/{pid}/task").glob("*/schedstat"):
        with suppress(OSError, IndexError, ValueError):
            total += int(task.read_text("ascii").split()[0])
    return total


def peak_memory(pid: int) -> int:
    """The most bytes that a process ever held."""
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text("ascii", "replace").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    return 0


def resident_memory(pid: int) -> int:
    """Bytes that the largest process of the tree holds: of one worker, not of what started it."""
    return max(_resident(one) for one in tree(pid))


def _ticks(pid: int) -> int:
    try:
        after_name = Path(f"/proc/{pid}/stat").read_text("ascii", "replace").rpartition(")")[2].split()
    except OSError:
        return 0
    return sum(int(field) for field in after_name[11:15])  # utime, stime, cutime, cstime (proc(5))


def _resident(pid: int) -> int:
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text("ascii", "replace").splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) * 1024
    return 0
