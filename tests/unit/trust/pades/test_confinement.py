"""What a process can still do after it has given up what it does not need."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(os.uname().sysname != "Linux", reason="Landlock is Linux's")

TRIED = """
import os, socket, sys
from pathlib import Path
from trust.pades.confinement import code, confine
kept, closed = sys.argv[1:3]
if not confine([Path(kept), Path("/nowhere")] if kept.startswith("/") else code()):
    print("not here"); raise SystemExit
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
    said = subprocess.run(
        [sys.executable, "-c", TRIED, kept, str(closed)], capture_output=True, text=True, check=True, timeout=60
    ).stdout.splitlines()
    if said == ["not here"] or "connect was tried" in said:
        pytest.skip("this kernel confines no process, or only its files")
    return set(said)


def test_only_reading_and_only_below_what_was_named(tmp_path: Path) -> None:
    kept, closed = tmp_path / "kept", tmp_path / "closed"
    kept.mkdir()
    closed.mkdir()
    (kept / "secret").write_text("shown")
    assert works(str(kept), closed) == {"read kept", "list kept"}


def test_code_can_still_be_loaded_and_nothing_else_be_read(tmp_path: Path) -> None:
    assert works("code", tmp_path) == {"read code"}
