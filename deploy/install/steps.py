"""Say what is being done, run a program, and stop with one plain sentence when it cannot go on."""

import subprocess
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


class CannotInstall(Exception):
    """A sentence for the person at the terminal: what is missing, and what to do about it."""


def say(sentence: str) -> None:
    print(f"· {sentence}", flush=True)


def run(*command: str | Path, cwd: Path = ROOT) -> None:
    """Run a program with its output shown; its failure is ours."""
    words = [str(part) for part in command]
    subprocess.run(words, cwd=cwd, check=True, stdin=subprocess.DEVNULL)  # noqa: S603 - the programs are named in this folder


def succeeds(command: Sequence[str | Path], cwd: Path = ROOT) -> bool:
    """Whether the program exists and ends well; what it prints is not shown."""
    return answer(command, cwd=cwd) is not None


def answer(command: Sequence[str | Path], cwd: Path = ROOT) -> str | None:
    """What the program printed, or None if it is not there or failed."""
    try:
        done = subprocess.run(  # noqa: S603 - the programs are named in this folder
            [str(part) for part in command],
            cwd=cwd,
            check=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return None
    return done.stdout.strip()
