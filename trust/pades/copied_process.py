"""A process that begins as a copy of this one, with the face of `subprocess.Popen`: for a command that has just begun.

A copy starts no interpreter and imports nothing again of what both use, which is more than half of what a first worker
costs. It takes along whatever stands in this process's memory, so it is made before any key is opened; and it is made
only while no other thread runs here, which could hold a lock that the copy would wait for without end (fork(2)).
"""

import contextlib
import fcntl
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO

REQUESTS, ANSWERS, ERRORS, HELD = range(4)  # the only descriptors that a copy keeps open
PAUSE = 0.005  # seconds between two looks at a process that is about to end


def is_alone() -> bool:
    """Whether no other thread runs in this process, native ones included; only Linux tells."""
    try:
        return len(list(Path("/proc/self/task").iterdir())) == 1
    except OSError:
        return False


class CopiedProcess:
    """Runs `serve(requests, answers)` in a copy of this process that keeps nothing else open but `held`, as HELD."""

    def __init__(self, serve: Callable[[IO[bytes], IO[bytes]], None], *, held: int) -> None:
        requested, request = os.pipe()
        answer, answered = os.pipe()
        self._ended = False
        self._pid = os.fork()
        if self._pid == 0:
            _be_the_copy(serve, requested, answered, held)
        os.close(requested)
        os.close(answered)
        self.stdin: IO[bytes] = os.fdopen(request, "wb")
        self.stdout: IO[bytes] = os.fdopen(answer, "rb")

    def poll(self) -> int | None:
        """None while it runs."""
        if not self._ended:
            with contextlib.suppress(ChildProcessError):
                self._ended = os.waitpid(self._pid, os.WNOHANG)[0] == self._pid
        return 0 if self._ended else None

    def kill(self) -> None:
        """End it at once; nothing happens to another process that may have its number by now."""
        if self.poll() is None:
            os.kill(self._pid, signal.SIGKILL)

    def wait(self, timeout: float) -> int:
        """Wait until it has ended. Raises TimeoutError."""
        until = time.monotonic() + timeout
        while self.poll() is None:
            if time.monotonic() > until:
                raise TimeoutError
            time.sleep(PAUSE)
        return 0


def _be_the_copy(serve: Callable[[IO[bytes], IO[bytes]], None], requested: int, answered: int, held: int) -> None:
    """Never returns; what this process has opened, registered or not yet written stays its own affair."""
    try:
        # first out of each other's way: a pipe may bear one of the numbers that are wanted
        given = (requested, answered, os.open(os.devnull, os.O_WRONLY), held)
        kept = [fcntl.fcntl(descriptor, fcntl.F_DUPFD, len(given)) for descriptor in given]
        for wanted, descriptor in enumerate(kept):
            os.dup2(descriptor, wanted)
        os.closerange(len(kept), os.sysconf("SC_OPEN_MAX"))
        with os.fdopen(REQUESTS, "rb") as requests, os.fdopen(ANSWERS, "wb") as answers:
            serve(requests, answers)
    finally:
        os._exit(0)
