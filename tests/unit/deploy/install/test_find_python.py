"""The Python to build with is the first that is recent enough; without one, a plain sentence says what to do."""

import os
import shutil
import subprocess
from pathlib import Path

from deploy.install.steps import ROOT

SCRIPT = ROOT / "deploy" / "install" / "find_python.sh"
OLD = "#!/bin/sh\nexit 1\n"
RECENT = "#!/bin/sh\nexit 0\n"


def _find(path: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    shell = shutil.which("sh", path=os.defpath)
    assert shell
    environment = {"PATH": str(path), "SYSTEM_PYTHON": str(path / "none"), **variables}
    return subprocess.run([shell, SCRIPT], env=environment, capture_output=True, text=True, check=False)


def _python(place: Path, script: str) -> Path:
    place.write_text(script)
    place.chmod(0o755)
    return place


def test_an_older_one_is_passed_over(tmp_path: Path) -> None:
    _python(tmp_path / "python3", OLD)
    recent = _python(tmp_path / "python3.12", RECENT)
    assert _find(tmp_path).stdout.strip() == str(recent)


def test_the_one_that_is_named_comes_first(tmp_path: Path) -> None:
    _python(tmp_path / "python3", RECENT)
    named = _python(tmp_path / "mine", RECENT)
    assert _find(tmp_path, PYTHON=str(named)).stdout.strip() == str(named)


def test_the_systems_own_comes_before_the_paths_where_it_can_make_a_venv(tmp_path: Path) -> None:
    found = _python(tmp_path / "python3", RECENT)
    system = _python(tmp_path / "system", RECENT)
    assert _find(tmp_path, SYSTEM_PYTHON=str(system)).stdout.strip() == str(system)
    system.write_text('#!/bin/sh\ncase "$2" in *ensurepip*) exit 1 ;; esac\n')
    assert _find(tmp_path, SYSTEM_PYTHON=str(system)).stdout.strip() == str(found)


def test_without_any_the_person_is_told_what_to_install(tmp_path: Path) -> None:
    _python(tmp_path / "python3", OLD)
    found = _find(tmp_path)
    assert found.returncode == 1
    assert found.stdout == ""
    assert "Python 3.11 or later is needed" in found.stderr
