"""Every check of the project, one after the other: a failing one does not hide the next."""

import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from deploy.install import tools
from deploy.install.steps import ROOT

BIN = Path(sys.executable).parent
# A check that hangs must not hang the one who waits for it; with what comes before, 25 minutes are not passed.
LIMIT_SECONDS = 21 * 60
IN_TWO = ("pytest", "-q", "-n", "2", "--dist", "loadfile", "--no-loadscope-reorder")

CHECKS: dict[str, tuple[str, ...]] = {
    "lint": ("ruff", "check", "."),
    "layout": ("ruff", "format", "--check", "."),
    "types": ("mypy",),
    "imports": ("lint-imports",),
    # Whole files go to one worker, so that what a file starts is started once, and in their order: the many quick ones
    # of tests/unit come last, so that both workers end together. A test that hangs shows where.
    "tests": (*IN_TWO, "-m", "not thorough", "--durations", "10", "-o", "faulthandler_timeout=300"),
}
WHEN_ASKED: dict[str, tuple[str, ...]] = {
    "unit": ("pytest", "-q", "tests/unit", "tests/guards"),
    "thorough": (*IN_TWO, "-m", "thorough"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    check: str
    passed: bool
    seconds: float


def run(names: Sequence[str]) -> bool:
    """Run the checks of these names, or all; print a summary; whether all passed."""
    commands = CHECKS | WHEN_ASKED
    outcomes = [attempt(name, commands[name]) for name in names or CHECKS]
    missing = tools.left_out() if {"tests", "thorough"} & {*(names or CHECKS)} else ()
    print("\n" + summary(outcomes, missing), flush=True)
    return all(outcome.passed for outcome in outcomes)


def summary(outcomes: Sequence[Outcome], missing: Sequence[str]) -> str:
    """What one wants to read last: each check with its outcome, and what was not checked."""
    lines = [
        f"  {'passed' if outcome.passed else 'FAILED'}  {outcome.check:<8}{outcome.seconds:7.1f} s"
        for outcome in outcomes
    ]
    if missing:
        lines += ["", "Not installed here, and left out for it:", *(f"  {sentence}" for sentence in missing)]
    failed = [outcome.check for outcome in outcomes if not outcome.passed]
    verdict = f"Failed: {', '.join(failed)}." if failed else "All checks passed."
    return "\n".join([*lines, "", verdict])


def attempt(name: str, command: Sequence[str], limit: float = LIMIT_SECONDS) -> Outcome:
    """Run one check from .venv/bin to its end, or to the limit; what it says is shown as it says it."""
    print(f"\n== {name}: {' '.join(command)}", flush=True)
    began = time.monotonic()
    try:
        done = subprocess.run(  # noqa: S603 - the programs are named above
            [str(BIN / command[0]), *command[1:]],
            cwd=ROOT,
            check=False,
            stdin=subprocess.DEVNULL,
            timeout=limit,
        )
        passed = done.returncode == 0
    except subprocess.TimeoutExpired:
        print(f"{name} was stopped after {limit:.0f} seconds", flush=True)
        passed = False
    return Outcome(check=name, passed=passed, seconds=time.monotonic() - began)
