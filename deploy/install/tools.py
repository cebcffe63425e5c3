"""Tools of the tests that no Python package brings: a browser, readers of PDF, CJK letters, peers in Node.

What cannot be had is no failure: the tests that need it skip and say why, and the closing summary lists it.
"""

import shutil
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from deploy.install import apt, node, venv
from deploy.install.steps import answer, say


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """Something the tests use: how to find it, the Debian package that brings it, the checks that need it."""

    find: Callable[[], str | None]
    package: str
    checks: str

    def reason(self) -> str:
        """Why a test that needs it is skipped."""
        return f"{self.package} is not installed; without it there is no check of {self.checks}"


def _program(*names: str) -> str | None:
    return next(filter(None, map(shutil.which, names)), None)


def _cjk_letters() -> str | None:
    return answer(["fc-list", ":lang=zh"]) or None


def _driver() -> str | None:
    """The Node.js inside Playwright, if it runs: it wants libatomic, which a small Debian has not."""
    drivers = venv.VENV.glob("lib/python3*/site-packages/playwright/driver/node")
    return next((str(driver) for driver in drivers if answer([driver, "--version"])), None)


def _token_library() -> str | None:
    """SoftHSM's library, if its administrative program is there too."""
    places = (Path("/usr/lib/softhsm"), *Path("/usr/lib").glob("*/softhsm"), Path("/usr/local/lib/softhsm"))
    libraries = (place / "libsofthsm2.so" for place in places)
    found = next((str(library) for library in libraries if library.is_file()), None)
    return found if _program("softhsm2-util") else None


CHROMIUM = Tool(
    find=partial(_program, "chromium", "chromium-browser", "google-chrome"),
    package="chromium",
    checks="pages in a browser",
)
DRIVER = Tool(find=_driver, package="libatomic1", checks="pages in a browser")
LETTERS = Tool(find=_cjk_letters, package="fonts-noto-cjk", checks="Chinese text as it looks on a page")
PDFSIG = Tool(find=partial(_program, "pdfsig"), package="poppler-utils", checks="signatures as poppler reads them")
QPDF = Tool(find=partial(_program, "qpdf"), package="qpdf", checks="PDF structure as qpdf reads it")
MUTOOL = Tool(find=partial(_program, "mutool"), package="mupdf-tools", checks="PDF structure as MuPDF reads it")
NGINX = Tool(
    find=partial(_program, "nginx", "/usr/sbin/nginx"), package="nginx-light", checks="the proxy of production"
)
SOFTHSM = Tool(find=_token_library, package="softhsm2", checks="seal keys in a hardware token (PKCS#11)")
JQ = Tool(find=partial(_program, "jq"), package="jq", checks="the guide's example for the shell")
TOOLS = (CHROMIUM, DRIVER, LETTERS, PDFSIG, QPDF, MUTOOL, SOFTHSM, NGINX, JQ)


def install() -> None:
    """Install what is missing and may be installed; go on without the rest."""
    wanted = [tool.package for tool in TOOLS if tool.find() is None]
    if wanted and not apt.refusal():
        say(f"installing {', '.join(wanted)} by apt")
        try:
            apt.install(*wanted)
        except subprocess.CalledProcessError:
            say("apt-get failed: its message is above")
    found = node.find()
    if found is not None:
        try:
            node.install_peers(found)
        except subprocess.CalledProcessError:
            say("npm ci failed: its message is above")


def left_out() -> Sequence[str]:
    """One sentence for each tool that is not there, with the checks that are left out for it."""
    why = apt.refusal() or "apt-get failed"
    missing = [f"{tool.package} ({why}): {tool.checks}" for tool in TOOLS if tool.find() is None]
    if node.find() is None:
        missing.append(f"Node.js {node.OLDEST} or later with npm: standard clients and accessibility rules")
    elif not node.peers_are_installed():
        missing.append("tests/peers (npm ci failed): standard clients and accessibility rules")
    return missing
