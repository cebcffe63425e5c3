"""Install Debian packages where we may: as root, on a machine that has apt."""

import os
import shutil

from deploy.install.steps import run

# Somebody else's apt may be at work: wait for it rather than fail. A log needs no progress bar.
OPTIONS = ("-qq", "-o", "DPkg::Lock::Timeout=900", "-o", "Dpkg::Use-Pty=0")
APT_GET = ("env", "DEBIAN_FRONTEND=noninteractive", "apt-get", *OPTIONS)


def refusal() -> str | None:
    """Why no package can be installed here, or None if one can."""
    if shutil.which("apt-get") is None:
        return "this machine has no apt-get"
    if os.geteuid() != 0:
        return "not root"
    return None


def install(*packages: str) -> None:
    run(*APT_GET, "update")
    run(*APT_GET, "install", "-y", "--no-install-recommends", *packages)
