"""Takes from this process what it does not need to read a document: every file and every connection (Landlock).

It works on Linux from 5.13 for files and from 6.7 for TCP, without privileges, and cannot be undone. Elsewhere the
process keeps its limits on time and memory, and holds no key all the same.
"""

import ctypes
import os
import sys

CREATE_RULESET, RESTRICT_SELF = 444, 446  # the same numbers on every architecture
ABI_QUERY = 1
NO_NEW_PRIVILEGES = 38
# ABI → the rights on files that are known to it, one bit each; TCP came with 4, scopes with 6
FILE_RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}
TCP, SCOPES = 0b11, 0b11


class _Ruleset(ctypes.Structure):
    _fields_ = (("files", ctypes.c_uint64), ("network", ctypes.c_uint64), ("scoped", ctypes.c_uint64))


def confine() -> bool:
    """Whether from here on no file can be opened and no connection made."""
    if not sys.platform.startswith("linux"):
        return False
    libc = ctypes.CDLL(None, use_errno=True)
    abi = int(libc.syscall(CREATE_RULESET, None, ctypes.c_size_t(0), ctypes.c_uint32(ABI_QUERY)))
    if abi < 1:
        return False
    rules = _Ruleset(
        files=(1 << FILE_RIGHTS[min(abi, 5)]) - 1,
        network=TCP if abi >= 4 else 0,
        scoped=SCOPES if abi >= 6 else 0,
    )
    size = 24 if abi >= 6 else 16 if abi >= 4 else 8
    ruleset = int(libc.syscall(CREATE_RULESET, ctypes.byref(rules), ctypes.c_size_t(size), ctypes.c_uint32(0)))
    if ruleset < 0:
        return False
    try:
        quiet = int(libc.prctl(NO_NEW_PRIVILEGES, 1, 0, 0, 0)) == 0
        return quiet and int(libc.syscall(RESTRICT_SELF, ctypes.c_int(ruleset), ctypes.c_uint32(0))) == 0
    finally:
        os.close(ruleset)
