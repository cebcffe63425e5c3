"""Who is at the keyboard is what the system says, not what somebody wrote into a variable."""

import os
import pwd
from pathlib import Path

import pytest

from deploy.commands import operator


@pytest.mark.parametrize("kept", ["", str(operator.NOBODY), str(os.getuid())])
def test_no_variable_makes_somebody_else_of_the_operator(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kept: str
) -> None:
    (tmp_path / "loginuid").write_text(kept)
    monkeypatch.setattr(operator, "LOGGED_IN", tmp_path / "loginuid")
    for variable in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.setenv(variable, "somebody-else")
    assert operator.name() == f"operator:{pwd.getpwuid(os.getuid()).pw_name}"


def test_who_logged_in_is_named_whoever_the_command_runs_as(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "loginuid").write_text("54321")
    monkeypatch.setattr(operator, "LOGGED_IN", tmp_path / "loginuid")
    assert operator.name() == "operator:54321"
