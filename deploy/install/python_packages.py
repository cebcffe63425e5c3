"""Install a lock file into .venv, hash by hash, and put the project itself beside it."""

import hashlib
import tomllib
from pathlib import Path

from deploy.install import venv
from deploy.install.steps import ROOT, CannotInstall, answer, run, say

RUNTIME = ROOT / "requirements.lock"
DEVELOPMENT = ROOT / "requirements-dev.lock"  # holds all of the runtime's, at the same versions

COMMAND = """\
#!{python}
import sys

from {module} import {function}

sys.exit({function}())
"""


def install(lock: Path) -> None:
    """Make .venv hold what the lock file says; at once when it already does."""
    venv.prepare()
    stamp = venv.VENV / f"{lock.name}.installed"
    wanted = hashlib.sha256(lock.read_bytes()).hexdigest()
    if not (stamp.exists() and stamp.read_text() == wanted):
        say(f"installing {lock.name} into .venv")
        run(*venv.pip(), "install", "--quiet", "--require-hashes", "--requirement", lock)
        stamp.write_text(wanted)
    _put_the_project_beside()


def _put_the_project_beside() -> None:
    """What an editable install does, without a build: a path file, the commands, a name with a version."""
    packages = answer([venv.PYTHON, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"])
    if packages is None:
        raise CannotInstall(".venv is broken: remove it (make clean) and start again")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    name = project["name"].replace("-", "_")
    site = Path(packages)

    (site / f"{name}.pth").write_text(f"{ROOT}\n")
    record = site / f"{name}-{project['version']}.dist-info"
    for older in site.glob(f"{name}-*.dist-info"):
        if older != record:
            for file in older.iterdir():
                file.unlink()
            older.rmdir()
    record.mkdir(exist_ok=True)
    (record / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n")
    for command, target in project["scripts"].items():
        module, function = target.split(":")
        script = venv.VENV / "bin" / command
        script.write_text(COMMAND.format(python=venv.PYTHON, module=module, function=function))
        script.chmod(0o755)
