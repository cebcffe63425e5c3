"""The project's commands start wherever the project lies."""

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from deploy.install.python_packages import COMMAND, PACKAGES, interpreter_line
from deploy.install.steps import ROOT


@pytest.mark.parametrize("folder", ["plain", "with a space", "deep/" * 40])
def test_a_command_finds_its_interpreter(folder: str, tmp_path: Path) -> None:
    place = tmp_path / folder
    place.mkdir(parents=True)
    python = place / "python"
    python.symlink_to(sys.executable)
    script = place / "greet"
    script.write_text(COMMAND.format(first_line=interpreter_line(python), module="platform", function="python_version"))
    script.chmod(0o755)
    done = subprocess.run([script], capture_output=True, text=True, check=False)
    # sys.exit shows the text that the function gave back
    assert done.stderr.strip() == f"{sys.version_info.major}.{sys.version_info.minor}.{sys.version_info.micro}"


def test_every_package_of_the_project_has_its_bytecode_kept() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    assert {f"{name}*" for name in PACKAGES} == {*project["tool"]["setuptools"]["packages"]["find"]["include"]}
