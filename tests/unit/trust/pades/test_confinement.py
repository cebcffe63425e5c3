"""What a process can still do after it has given up what it does not need."""

import subprocess
import sys
from pathlib import Path

import pytest

from trust.pades.confinement import abi

pytestmark = pytest.mark.skipif(abi() < 1, reason="this kernel confines no process (Landlock)")

# a kernel that confines files alone lets the connection be tried, and nobody listens
BESIDES = set() if abi() >= 4 else {"connect was tried"}

TRIED = """
import os, socket, sys
from pathlib import Path
from trust.pades.confinement import code, confine
kept, closed = sys.argv[1:3]
assert confine([Path(kept), Path("/nowhere")] if kept.startswith("/") else code())
tries = {
    "read": lambda: open(closed + "/secret"),
    "read code": lambda: __import__("tabnanny"),
    "read kept": lambda: open(kept + "/secret"),
    "list kept": lambda: os.listdir(kept),
    "write kept": lambda: open(kept + "/new", "w"),
    "remove kept": lambda: os.remove(kept + "/secret"),
    "run": lambda: os.execv("/bin/true", ["true"]),
    "connect": lambda: socket.create_connection(("127.0.0.1", 9), 1),
}
for name, act in tries.items():
    try:
        act()
        print(name)
    except (PermissionError, FileNotFoundError, ModuleNotFoundError):
        pass
    except OSError:
        print("connect was tried")
"""


def works(kept: str, closed: Path) -> set[str]:
    """What still works where these files may be read."""
    (closed / "secret").write_text("a key")
    run = subprocess.run(
        [sys.executable, "-c", TRIED, kept, str(closed)], capture_output=True, text=True, check=True, timeout=60
    )
    return set(run.stdout.splitlines())


def test_only_reading_and_only_below_what_was_named(tmp_path: Path) -> None:
    kept, closed = tmp_path / "kept", tmp_path / "closed"
    kept.mkdir()
    closed.mkdir()
    (kept / "secret").write_text("shown")
    assert works(str(kept), closed) == {"read kept", "list kept"} | BESIDES


def test_code_can_still_be_loaded_and_nothing_else_be_read(tmp_path: Path) -> None:
    assert works("code", tmp_path) == {"read code"} | BESIDES
