"""Takes from this process what it does not need to read a document: every file and every connection (Landlock).

It works on Linux from 5.13 for files and from 6.7 for TCP, without privileges, and cannot be undone. Elsewhere the
process keeps its limits on time and memory, and holds no key all the same.
"""

import contextlib
import ctypes
import os
import sys
from collections.abc import Iterable
from pathlib import Path

CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446  # the same numbers on every architecture
ABI_QUERY = 1
PATH_BENEATH = 1
NO_NEW_PRIVILEGES = 38
# ABI → the rights on files that are known to it, one bit each; TCP came with 4, scopes with 6
FILE_RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}
TCP, SCOPES = 0b11, 0b11
READ = 0b1100  # a file, and the names in a folder
SYSTEM = ("/lib", "/lib64", "/usr/lib", "/usr/lib64")  # where a library that is loaded late finds those it rests on


class _Ruleset(ctypes.Structure):
    _fields_ = (("files", ctypes.c_uint64), ("network", ctypes.c_uint64), ("scoped", ctypes.c_uint64))


class _Beneath(ctypes.Structure):
    _pack_ = 1
    _fields_ = (("allowed", ctypes.c_uint64), ("folder", ctypes.c_int32))


def code() -> tuple[Path, ...]:
    """The folders that the interpreter and the system load libraries from, and ours; nothing else of the checkout."""
    project = Path(__file__).resolve().parents[2]
    listed = {Path(each).resolve() for each in sys.path if each} - {project}
    libraries = [each for each in sorted(listed) if any(map(each.is_relative_to, (sys.prefix, sys.base_prefix)))]
    return (*libraries, *map(Path, SYSTEM), project / "trust")


def abi() -> int:
    """What this kernel has of Landlock, as it counts it: 0 none, 1 files, 4 TCP too."""
    if not sys.platform.startswith("linux"):
        return 0
    told = _libc().syscall(CREATE_RULESET, None, ctypes.c_size_t(0), ctypes.c_uint32(ABI_QUERY))
    return max(0, int(told))


def confine(readable: Iterable[Path] = ()) -> bool:
    """Whether from here on no connection can be made, and no file opened but for reading below these folders."""
    known = abi()
    if known < 1:
        return False
    libc = _libc()
    rules = _Ruleset(
        files=(1 << FILE_RIGHTS[min(known, 5)]) - 1,
        network=TCP if known >= 4 else 0,
        scoped=SCOPES if known >= 6 else 0,
    )
    size = 24 if known >= 6 else 16 if known >= 4 else 8
    ruleset = int(libc.syscall(CREATE_RULESET, ctypes.byref(rules), ctypes.c_size_t(size), ctypes.c_uint32(0)))
    if ruleset < 0:
        return False
    try:
        for folder in readable:
            _allow(libc, ruleset, folder)
        quiet = int(libc.prctl(NO_NEW_PRIVILEGES, 1, 0, 0, 0)) == 0
        return quiet and int(libc.syscall(RESTRICT_SELF, ctypes.c_int(ruleset), ctypes.c_uint32(0))) == 0
    finally:
        os.close(ruleset)


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _allow(libc: ctypes.CDLL, ruleset: int, folder: Path) -> None:
    """One that is not there, or is a file (the standard library in a zip), stays closed."""
    with contextlib.suppress(OSError):
        opened = os.open(folder, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            beneath = _Beneath(allowed=READ, folder=opened)
            libc.syscall(
                ADD_RULE,
                ctypes.c_int(ruleset),
                ctypes.c_int(PATH_BENEATH),
                ctypes.byref(beneath),
                ctypes.c_uint32(0),
            )
        finally:
            os.close(opened)
