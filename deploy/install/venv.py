"""Make .venv, by whichever way this machine allows, and find the pip that installs into it.

Debian splits ensurepip off into python3-venv, so `python3 -m venv` may fail on a machine that is otherwise
complete. The ways, in this order: venv with its own pip; venv without pip, served by the pip of the machine;
python3-venv by apt where we are root. What is left is one sentence that says what to install.
"""

import shutil
import sys
from pathlib import Path

from deploy.install import apt
from deploy.install.steps import ROOT, CannotInstall, answer, say, succeeds

VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
OLDEST = (3, 11)
VERSION = f"{sys.version_info.major}.{sys.version_info.minor}"


def prepare() -> None:
    """Leave a working .venv of the Python that runs this; one that is already good stays as it is."""
    if _is_good():
        return
    say(f"making .venv with Python {VERSION}")
    if not any(way() for way in (_with_its_own_pip, _with_the_pip_of_the_machine, _after_apt)):
        shutil.rmtree(VENV, ignore_errors=True)
        raise CannotInstall(
            f"Python {VERSION} here can make no virtual environment; install python3-venv or python3-pip, "
            f"for instance as root: apt-get install python{VERSION}-venv"
        )


def pip() -> list[str]:
    """The command that installs into .venv: its own pip, or the machine's pip pointed at it."""
    if succeeds([PYTHON, "-m", "pip", "--version"]):
        return [str(PYTHON), "-m", "pip"]
    return [sys.executable, "-m", "pip", "--python", str(PYTHON)]


def _is_good() -> bool:
    recent = answer([PYTHON, "-c", f"import sys; print(sys.version_info >= {OLDEST})"]) == "True"
    return recent and not came_from_elsewhere(VENV) and succeeds([*pip(), "--version"])


def came_from_elsewhere(place: Path) -> bool:
    """Scripts in .venv/bin name their interpreter by its full path: a moved project needs a new .venv."""
    record = place / "pyvenv.cfg"
    lines = record.read_text().splitlines() if record.exists() else ()
    return any(line.startswith("command = ") and not line.endswith(f" {place}") for line in lines)


def _with_its_own_pip() -> bool:
    return succeeds([sys.executable, "-m", "venv", "--clear", VENV])


def _with_the_pip_of_the_machine() -> bool:
    return succeeds([sys.executable, "-m", "venv", "--clear", "--without-pip", VENV]) and succeeds(
        [sys.executable, "-m", "pip", "--python", PYTHON, "--version"]
    )


def _after_apt() -> bool:
    if apt.refusal():
        return False
    say("this Python lacks ensurepip; installing python3-venv by apt")
    apt.install("python3-venv", f"python{VERSION}-venv")
    return _with_its_own_pip()
