"""Child processes that end with their parent, and are stopped together."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

PR_SET_PDEATHSIG = 1
GRACE = 10.0  # seconds


@dataclass(slots=True)
class Processes:
    """What was started here; `stop` ends all of it, newest first."""

    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(self, name: str, command: Sequence[str], environment: Mapping[str, str]) -> None:
        """Start one; it gets SIGTERM should this process die without a word (Linux)."""
        self.running[name] = subprocess.Popen(  # noqa: S603 - our own commands, no shell
            command,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C reaches us alone; we stop the others in order
            preexec_fn=end_with_parent,  # noqa: PLW1509 - no threads yet
        )

    def ended(self) -> tuple[str, int] | None:
        """The first that ended by itself, with its exit status."""
        for name, process in self.running.items():
            status = process.poll()
            if status is not None:
                return name, status
        return None

    def stop(self) -> None:
        """Ask each to end; insist after a while; then end what it left behind.

        A server that is stopped while it starts its workers may go without them; they are still of its group, because
        each process here leads a session of its own.
        """
        for process in reversed(self.running.values()):
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        deadline = time.monotonic() + GRACE
        for process in self.running.values():
            try:
                process.wait(timeout=max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            with contextlib.suppress(ProcessLookupError):  # nobody left: the usual case
                os.killpg(process.pid, signal.SIGKILL)


def end_with_parent() -> None:
    """From now on this process gets SIGTERM when the one that started it ends, however it ends (Linux only)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
