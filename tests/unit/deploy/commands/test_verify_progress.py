"""Whoever watches is told how far it is, in one line; nobody else is told anything."""

import time

import pytest

from deploy.commands import verify_progress
from deploy.commands.verify_progress import Progress


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verify_progress, "BLINK", 0.0)


def test_who_watches_sees_one_line_and_then_none(capsys: pytest.CaptureFixture[str]) -> None:
    with Progress(3, "pt", watched=True) as progress:
        for _ in range(3):
            time.sleep(0.001)
            progress.count()
    said = capsys.readouterr().err
    assert [line.split("  ")[0] for line in said.split(verify_progress.CLEAR)] == ["", "1/3", "2/3", "3/3", ""]
    assert "por segundo" in said
    assert "\n" not in said


@pytest.mark.parametrize(("total", "watched"), [(3, False), (1, True)])
def test_nobody_is_told_who_does_not_watch_or_waits_for_one(
    total: int, watched: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    with Progress(total, "en", watched=watched) as progress:
        progress.count()
    assert capsys.readouterr().err == ""
