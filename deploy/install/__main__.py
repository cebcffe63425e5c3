"""python -m deploy.install gba | python-tools | tests | check [NAME…] | lock"""

import subprocess
import sys
from collections.abc import Callable, Sequence

from deploy.install import checks, lock, python_packages, tools
from deploy.install.steps import CannotInstall


def gba() -> None:
    python_packages.install(python_packages.RUNTIME)


def python_tools() -> None:
    gba()
    python_packages.install(python_packages.DEVELOPMENT)


def tests() -> None:
    python_tools()
    tools.install()


VERBS: dict[str, Callable[[], None]] = {
    "gba": gba,
    "python-tools": python_tools,
    "tests": tests,
    "lock": lock.write,
}


def main(arguments: Sequence[str]) -> int:
    verb, *names = arguments or ["?"]
    if verb == "check" and set(names) <= (checks.CHECKS | checks.WHEN_ASKED).keys():
        return 0 if checks.run(names) else 1
    if verb not in VERBS or names:
        print(__doc__, file=sys.stderr)
        return 2
    try:
        VERBS[verb]()
    except CannotInstall as reason:
        print(f"Cannot install: {reason}.", file=sys.stderr)
        return 1
    except PermissionError as refused:
        print(f"Cannot install: {refused.filename} may not be written by this user.", file=sys.stderr)
        return 1
    except subprocess.CalledProcessError as failed:
        print(f"Cannot install: {failed.cmd[0]} failed; its message is above.", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
