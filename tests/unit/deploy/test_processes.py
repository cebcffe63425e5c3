"""Stopping leaves nothing running, even what a child had started by itself."""

import os
import sys
import time
from pathlib import Path

import pytest

from deploy.processes import Processes

LEAVES_A_CHILD = "sleep 300 & echo $! > {note}; wait"  # on SIGTERM the shell goes at once, and the sleeper stays


def _noted(note: Path) -> int:
    for _ in range(200):
        if note.exists() and note.read_text().strip():
            return int(note.read_text())
        time.sleep(0.05)
    raise AssertionError("the child wrote nothing")


def _runs(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def _ends(process: int) -> bool:
    for _ in range(100):
        if not _runs(process):
            return True
        time.sleep(0.05)
    return False


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_what_a_child_left_behind_is_ended_with_it(tmp_path: Path) -> None:
    note = tmp_path / "sleeper"
    processes = Processes()
    processes.start("shell", ["sh", "-c", LEAVES_A_CHILD.format(note=note)], os.environ)
    sleeper = _noted(note)
    assert _runs(sleeper)
    processes.stop()
    assert _ends(sleeper)


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's word at a parent's death is Linux's own")
def test_a_process_that_is_bound_ends_when_its_parent_is_killed(tmp_path: Path) -> None:
    note = tmp_path / "bound"
    bound = (
        "import os, pathlib, time; from deploy.processes import end_with_parent; end_with_parent();"
        f"pathlib.Path({str(note)!r}).write_text(str(os.getpid())); time.sleep(300)"
    )
    processes = Processes()
    processes.start("parent", ["sh", "-c", f'"{sys.executable}" -c "$0" & wait', bound], os.environ)
    process = _noted(note)
    processes.running["parent"].kill()
    assert _ends(process)
    processes.stop()


def test_stopping_what_has_ended_by_itself_is_quiet() -> None:
    processes = Processes()
    processes.start("short", [sys.executable, "-c", "raise SystemExit(3)"], os.environ)
    processes.running["short"].wait()
    assert processes.ended() == ("short", 3)
    processes.stop()
