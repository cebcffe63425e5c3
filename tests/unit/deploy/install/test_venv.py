"""A virtual environment is kept when it is good, and made anew when the project moved."""

from pathlib import Path

import pytest

from deploy.install.venv import came_from_elsewhere


@pytest.mark.parametrize(
    ("made_for", "elsewhere"),
    [("{here}", False), ("/somewhere/else/.venv", True), ("--without-pip {here}", False)],
)
def test_it_is_known_where_it_was_made(made_for: str, *, elsewhere: bool, tmp_path: Path) -> None:
    command = f"command = /usr/bin/python3 -m venv --clear {made_for.format(here=tmp_path)}\n"
    (tmp_path / "pyvenv.cfg").write_text(f"home = /usr/bin\n{command}")
    assert came_from_elsewhere(tmp_path) is elsewhere


def test_one_made_by_another_tool_is_taken_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "pyvenv.cfg").write_text("home = /usr/bin\nversion_info = 3.11.7\n")
    assert not came_from_elsewhere(tmp_path)
