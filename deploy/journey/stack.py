"""A gateway of one's own for a while: `gba serve` on free ports over a data directory, real processes and sockets."""

import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from deploy.settings import CHECKOUT, PREFIX, SANDBOX_OFFSET, process_environment

_START_SECONDS = 180.0
_STOP_SECONDS = 20.0
# Below those that a system hands out by itself: from 32768 on Linux, from 49152 elsewhere (RFC 6335 §6).
_PORTS = range(10_000, 32_000)


class NotUp(Exception):
    """The gateway did not start; says why as far as its log tells."""


@dataclass(slots=True, kw_only=True)
class Stack:
    """Gateway and sandbox over `data_dir`. Stopped and started again it keeps its data and its ports.

    With `apart` the sandbox runs by itself, so that the gateway can end alone.
    """

    data_dir: Path
    port: int
    apart: bool = False
    settings: Mapping[str, str] = field(default_factory=dict, repr=False)  # beyond the defaults, as in the environment
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict, repr=False)

    @property
    def gateway(self) -> str:
        return f"http://localhost:{self.port}"

    @property
    def sandbox(self) -> str:
        return f"http://localhost:{self.port + SANDBOX_OFFSET}"

    @property
    def log(self) -> Path:
        return self.data_dir / "serve.log"

    def environment(self) -> dict[str, str]:
        """For this gateway and for commands that shall see the same keys and authorities."""
        kept = {name: value for name, value in process_environment().items() if not name.startswith(PREFIX)}
        return kept | {
            "PORT": str(self.port),
            f"{PREFIX}DATA_DIR": str(self.data_dir),
            "PYTHONUNBUFFERED": "1",
            **self.settings,
        }

    def start(self) -> None:
        """Start what is not running, and wait until gateway and sandbox both answer. Raises NotUp."""
        self.data_dir.mkdir(parents=True, exist_ok=True)
        if self.apart:
            self._run("gateway", "serve", "--only-gateway")
            self._run("sandbox", "sandbox", "serve")
        else:
            self._run("gateway", "serve")
        deadline = time.monotonic() + _START_SECONDS
        for url in (f"{self.gateway}/readyz", f"{self.sandbox}/agency/"):
            while not answers(url):
                ended = any(process.poll() is not None for process in self.running.values())
                if ended or time.monotonic() > deadline:
                    raise NotUp(self._last_words())
                time.sleep(0.1)

    def stop(self) -> None:
        """Ask all to end; insist when they do not."""
        for process in self.running.values():
            if process.poll() is None:
                process.terminate()  # whoever is started in a shell's background does not hear SIGINT
        for process in self.running.values():
            try:
                process.wait(timeout=_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                _kill(process)
        self.running.clear()

    def kill(self) -> None:
        """End everything without a word, as a power cut does."""
        for process in self.running.values():
            _kill(process)
        self.running.clear()

    def kill_gateway(self) -> None:
        """End the gateway alone; the sandbox stays if it runs apart."""
        _kill(self.running.pop("gateway"))

    def _run(self, name: str, *words: str) -> None:
        if name in self.running:
            return
        with self.log.open("ab") as log:
            self.running[name] = subprocess.Popen(  # noqa: S603 - our own command, no shell
                [sys.executable, "-m", "deploy.cli", *words],
                cwd=CHECKOUT,
                env=self.environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def _last_words(self) -> str:
        lines = self.log.read_text("utf-8", "replace").splitlines() if self.log.exists() else []
        return f"gba serve did not come up on port {self.port}; its last words:\n" + "\n".join(lines[-15:])


def answers(url: str) -> bool:
    """Whether somebody there says yes."""
    try:
        return httpx.get(url, timeout=5, trust_env=False, follow_redirects=True).status_code == 200
    except httpx.HTTPError:
        return False


def free_port() -> int:
    """A port that is free together with the one above it, and that no connection is given before somebody listens."""
    while True:
        port = secrets.choice(_PORTS)
        with socket.socket() as first, socket.socket() as second, suppress(OSError):
            first.bind(("127.0.0.1", port))
            second.bind(("127.0.0.1", port + SANDBOX_OFFSET))
            return port


def _kill(process: subprocess.Popen[bytes]) -> None:
    """With all that it started: children first, so that none gets a word of warning."""
    for member in (*_descendants(process.pid), process.pid):
        with suppress(ProcessLookupError):  # gone by itself
            os.kill(member, signal.SIGKILL)
    process.wait()


def _descendants(pid: int) -> list[int]:
    """Children and their children, as /proc tells; none where there is no /proc."""
    try:
        children = [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()]
    except OSError:
        return []
    return [found for child in children for found in (child, *_descendants(child))]
