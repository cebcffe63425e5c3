"""Install a lock file into .venv, hash by hash, and put the project itself beside it."""

import hashlib
import subprocess
import tomllib
from pathlib import Path

from deploy.install import venv
from deploy.install.steps import ROOT, CannotInstall, answer, run, say

RUNTIME = ROOT / "requirements.lock"
DEVELOPMENT = ROOT / "requirements-dev.lock"  # holds all of the runtime's, at the same versions
PACKAGES = ("deploy", "gateway", "pwa", "trust")

COMMAND = """\
{first_line}
import sys

from {module} import {function}

# a worker process that starts from this file (multiprocessing, spawn) must not start the command again
if __name__ == "__main__":
    sys.exit({function}())
"""
# Linux reads 127 bytes of a first line, and splits it at the first space; sh then finds the long way round.
LONGEST_FIRST_LINE = 127
THROUGH_SH = """\
#!/bin/sh
'''exec' "{python}" "$0" "$@"
' '''"""


def install(lock: Path) -> None:
    """Make .venv hold what the lock file says; at once when it already does."""
    venv.prepare()
    stamp = venv.VENV / f"{lock.name}.installed"
    wanted = hashlib.sha256(lock.read_bytes()).hexdigest()
    if not (stamp.exists() and stamp.read_text() == wanted):
        say(f"installing {lock.name} into .venv")
        try:
            run(*venv.pip(), "install", "--quiet", "--require-hashes", "--requirement", lock)
        except subprocess.CalledProcessError:
            raise CannotInstall(f"pip could not fetch all of {lock.name}; its message is above") from None
        stamp.write_text(wanted)
    _put_the_project_beside()
    _compile_the_project()


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
        first_line = interpreter_line(venv.PYTHON)
        script.write_text(COMMAND.format(first_line=first_line, module=module, function=function))
        script.chmod(0o755)


def _compile_the_project() -> None:
    """What pip does for a library: who may not write here, a service or a container, compiles nothing at each start."""
    if answer([venv.PYTHON, "-m", "compileall", "-q", *PACKAGES], cwd=ROOT) is None:
        say("the project's own bytecode cannot be kept here: commands start more slowly")


def interpreter_line(python: Path) -> str:
    """How a script names its interpreter, wherever the project lies."""
    direct = f"#!{python}"
    if " " in direct or len(direct.encode()) > LONGEST_FIRST_LINE:
        return THROUGH_SH.format(python=python)
    return direct
