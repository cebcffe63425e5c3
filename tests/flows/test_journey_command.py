"""`gba journey` plays the whole story against a running gateway, twice if asked, and says where it failed."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from deploy.commands.journey import command
from deploy.journey.stack import Stack, free_port
from deploy.settings import CHECKOUT

STEPS = 13  # of each resident


def play(running: Stack, *words: str) -> tuple[int, dict[str, Any]]:
    done = subprocess.run(
        [sys.executable, "-m", "deploy.cli", "journey", "--json", "--gateway", running.gateway, *words],
        cwd=CHECKOUT,
        env=running.environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, json.loads(done.stdout)


def test_the_whole_story_goes_as_promised_and_can_be_played_again(running: Stack) -> None:
    for _ in range(2):
        status, told = play(running)
        assert [step["problem"] for step in told["steps"] if not step["passed"]] == []
        assert (status, told["passed"], len(told["steps"])) == (0, True, 2 * STEPS)
        assert all(step["proved"] for step in told["steps"])


@pytest.mark.samples
@pytest.mark.parametrize("name", ["multicolumn.pdf", "libreoffice-form.pdf", "crazyones-pdfa.pdf"])
def test_a_record_from_the_real_world_is_issued(running: Stack, sample_pdfs: Path, name: str) -> None:
    status, told = play(running, "--record", str(sample_pdfs / "plain" / name))
    assert [step["problem"] for step in told["steps"] if not step["passed"]] == []
    assert status == 0


def test_a_gateway_that_is_not_there_is_told_by_the_first_step(running: Stack) -> None:
    nowhere = Stack(data_dir=running.data_dir, port=free_port())
    status, told = play(nowhere)
    assert status == 1
    assert not told["passed"]
    assert told["steps"][-1]["problem"].startswith("no answer from http://localhost:")


def test_the_help_says_what_the_story_is() -> None:
    assert "undone" in (command.help or "")
