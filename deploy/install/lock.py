"""Write the lock files anew: every version and hash, and no address."""

import sys
import tempfile
from pathlib import Path

from deploy.install import node
from deploy.install.python_packages import DEVELOPMENT, RUNTIME
from deploy.install.steps import ROOT, CannotInstall, run, say

COMPILE = (
    "pip", "compile", "--quiet", "--universal", "--python-version", "3.11", "--generate-hashes", "--upgrade",
    "--no-emit-index-url", "--no-annotate", "--no-header", "pyproject.toml",
)  # fmt: skip


def write() -> None:
    with tempfile.TemporaryDirectory() as place:
        say("fetching uv into a throw-away environment")
        run(sys.executable, "-m", "venv", place)
        run(Path(place) / "bin" / "python", "-m", "pip", "install", "--quiet", "uv")
        uv = Path(place) / "bin" / "uv"
        say(f"resolving {RUNTIME.name}")
        run(uv, *COMPILE, "--output-file", RUNTIME.name)
        say(f"resolving {DEVELOPMENT.name}")
        run(uv, *COMPILE, "--group", "dev", "--constraint", RUNTIME.name, "--output-file", DEVELOPMENT.name)
    found = node.find()
    if found is None:
        raise CannotInstall(f"the peers of the tests need Node.js {node.OLDEST} or later: make test brings it")
    say(f"resolving {node.LOCK.relative_to(ROOT)}")
    node.lock_peers(found)
