"""A server under measurement: its processes, on the processor for servers, ended with the bench."""

import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from deploy.journey.stack import answers
from deploy.listening import is_open
from tests.bench import processors

START_SECONDS = 60.0
STOP_SECONDS = 10.0


class NotUp(Exception):
    """The server did not start; says why as far as its log tells."""


@dataclass(slots=True, kw_only=True)
class Server:
    name: str
    port: int
    command: Sequence[str]
    environment: Mapping[str, str] = field(repr=False)
    log: Path
    cwd: Path | None = None
    input: Path | None = None
    _process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def start(self, path: str | None) -> None:
        """Start it, and wait until it answers there with yes, or listens where it speaks no HTTP. Raises NotUp."""
        given = (self.input or Path("/dev/null")).open("rb")
        # children stay where they are born
        with given, self.log.open("wb") as log, processors.on(processors.FOR_SERVERS):
            self._process = subprocess.Popen(
                self.command,
                env=dict(self.environment),
                cwd=self.cwd,
                stdin=given,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        deadline = time.monotonic() + START_SECONDS
        while not (
            is_open("127.0.0.1", self.port) and (path is None or answers(f"http://127.0.0.1:{self.port}{path}"))
        ):
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise NotUp(f"{self.name} did not start; its last words:\n{self.last_words()}")
            time.sleep(0.1)

    def stop(self) -> None:
        """Ask it to end, insist after a while; nothing of its tree stays."""
        if self._process is None or self._process.poll() is not None:
            return
        # the whole session: what was started may be a wrapper that does not pass the word on
        os.killpg(self.pid, signal.SIGTERM)
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(self.pid, signal.SIGKILL)
            self._process.wait()

    def last_words(self) -> str:
        return "\n".join(self.log.read_text("utf-8", "replace").splitlines()[-15:])
