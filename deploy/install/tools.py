"""Tools of the tests that no Python package brings: a browser, readers of PDF, CJK letters, peers in Node.

What cannot be had is no failure: the tests that need it skip and say why, and the closing summary lists it.
"""

import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from deploy.install import apt, node
from deploy.install.steps import answer, say


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """A program looked for by its names, the package that brings it, and the checks that need it."""

    names: tuple[str, ...]
    package: str
    checks: str

    def path(self) -> Path | None:
        found = next(filter(None, map(shutil.which, self.names)), None)
        return Path(found) if found else None


CHROMIUM = Tool(
    names=("chromium", "chromium-browser", "google-chrome"), package="chromium", checks="pages in a browser"
)
PDFSIG = Tool(names=("pdfsig",), package="poppler-utils", checks="signatures as poppler reads them")
QPDF = Tool(names=("qpdf",), package="qpdf", checks="PDF structure as qpdf reads it")
MUTOOL = Tool(names=("mutool",), package="mupdf-tools", checks="PDF structure as MuPDF reads it")
PROGRAMS = (CHROMIUM, PDFSIG, QPDF, MUTOOL)
LETTERS = "fonts-noto-cjk"


def install() -> None:
    """Install what is missing and may be installed; go on without the rest."""
    _from_apt()
    found = node.find()
    if found is not None:
        try:
            node.install_peers(found)
        except subprocess.CalledProcessError:
            say("npm ci failed: its message is above")


def left_out() -> Sequence[str]:
    """One sentence for each tool that is not there, with the checks that are left out for it."""
    why = apt.refusal() or "apt-get failed"
    missing = [f"{tool.package} ({why}): {tool.checks}" for tool in PROGRAMS if tool.path() is None]
    if not _has_cjk_letters():
        missing.append(f"{LETTERS} ({why}): Chinese text as it looks on a page")
    if node.find() is None:
        missing.append(f"Node.js {node.OLDEST} or later with npm: standard clients and accessibility rules")
    elif not node.peers_are_installed():
        missing.append("tests/peers (npm ci failed): standard clients and accessibility rules")
    return missing


def _from_apt() -> None:
    wanted = [tool.package for tool in PROGRAMS if tool.path() is None]
    if not _has_cjk_letters():
        wanted.append(LETTERS)
    if not wanted or apt.refusal():
        return
    say(f"installing {', '.join(wanted)} by apt")
    try:
        apt.install(*wanted)
    except subprocess.CalledProcessError:
        say("apt-get failed: its message is above")


def _has_cjk_letters() -> bool:
    return bool(answer(["fc-list", ":lang=zh"]))
