"""The commands a newcomer is told of exist, explain themselves, and are the ones that are checked."""

import re
import subprocess

from deploy.install.__main__ import VERBS
from deploy.install.checks import CHECKS, WHEN_ASKED
from tests.guards.tree import ROOT

MAKEFILE = (ROOT / "Makefile").read_text()
HELP = re.compile(r"^([a-z]+):.*## (.+)$", re.MULTILINE)
PROMISED = (
    "install",
    "run",
    "journey",
    "test",
    "thorough",
    "unit",
    "lint",
    "types",
    "fuzz",
    "bench",
    "lock",
    "clean",
    "help",
)


def test_help_lists_every_promised_target_with_what_it_does() -> None:
    shown = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    listed = dict(re.findall(r"^  make (\w+)\s+(\S.+)$", shown, re.MULTILINE))
    assert {*listed} == {*PROMISED}
    assert listed == dict(HELP.findall(MAKEFILE))


def test_what_the_makefile_asks_of_the_installer_is_there() -> None:
    asked = re.findall(r"-m deploy\.install ([\w -]+)$", MAKEFILE, re.MULTILINE)
    assert asked
    for words in map(str.split, asked):
        if words[0] == "check":
            assert {*words[1:]} <= CHECKS.keys() | WHEN_ASKED.keys()
        else:
            assert words == [words[0]]
            assert words[0] in VERBS


def test_the_clean_checkout_is_checked_by_the_readmes_command() -> None:
    script = ROOT / ".ci" / "run"
    assert script.stat().st_mode & 0o111
    assert re.search(r"^exec make test\b", script.read_text(), re.MULTILINE)


def test_the_readme_names_the_two_commands() -> None:
    readme = ROOT / "README.md"
    assert {"make run", "make test"} <= set(re.findall(r"make \w+", readme.read_text()))
