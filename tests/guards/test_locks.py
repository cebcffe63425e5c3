"""The lock files pin and hash everything, name no address, and cover what pyproject.toml asks for."""

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.guards.tree import ROOT

RUNTIME = ROOT / "requirements.lock"
DEVELOPMENT = ROOT / "requirements-dev.lock"
PYPROJECT = ROOT / "pyproject.toml"
PEERS = ROOT / "tests" / "peers"

PIN = re.compile(r"^(?P<name>[\w.-]+)(?:\[[\w,-]+\])?==(?P<version>[^\s;]+)(?: ; (?P<only>.+?))?(?=\s+--hash|$)")


def _entries(lock: Path) -> list[str]:
    """Each requirement with its continuation lines as one string."""
    text = lock.read_text().replace("\\\n", " ")
    return [line for line in text.splitlines() if line.strip() and not line.startswith("#")]


def _pins(lock: Path) -> dict[str, set[str]]:
    """Name to version, of what is installed on this platform."""
    pins: dict[str, set[str]] = {}
    for entry in _entries(lock):
        found = PIN.match(entry)
        assert found, f"not pinned: {entry[:60]}"
        if found["only"] is None or Marker(found["only"]).evaluate():
            pins.setdefault(canonicalize_name(found["name"]), set()).add(found["version"])
    return pins


def _pyproject() -> dict[str, Any]:
    return tomllib.loads(PYPROJECT.read_text())


@pytest.mark.parametrize("lock", [RUNTIME, DEVELOPMENT], ids=lambda lock: lock.name)
def test_every_pin_has_its_hashes(lock: Path) -> None:
    bare = [entry[:60] for entry in _entries(lock) if not re.search(r"--hash=sha256:[0-9a-f]{64}", entry)]
    assert bare == []


@pytest.mark.parametrize("lock", [RUNTIME, DEVELOPMENT], ids=lambda lock: lock.name)
def test_no_lock_names_an_address(lock: Path) -> None:
    assert not re.search(r"://|--(?:extra-)?index-url|--find-links|--trusted-host", lock.read_text())


@pytest.mark.parametrize(("lock", "groups"), [(RUNTIME, []), (DEVELOPMENT, ["dev"])], ids=["runtime", "development"])
def test_the_lock_covers_what_the_project_asks_for(lock: Path, groups: list[str]) -> None:
    project = _pyproject()
    wanted = [*project["project"]["dependencies"]]
    for group in groups:
        wanted += project["dependency-groups"][group]
    pins = _pins(lock)
    for requirement in map(Requirement, wanted):
        versions = pins.get(canonicalize_name(requirement.name), set())
        assert versions, f"{requirement.name} is not locked: make lock"
        assert all(requirement.specifier.contains(version) for version in versions), requirement.name


def test_the_tests_run_with_the_versions_that_are_shipped() -> None:
    development = _pins(DEVELOPMENT)
    assert {name: versions for name, versions in _pins(RUNTIME).items() if development.get(name) != versions} == {}


def test_every_dependency_has_its_reason() -> None:
    asked = re.compile(r'^  "[\w.\[\]<>=~!,-]+",(?P<rest>.*)$', re.MULTILINE)
    text = PYPROJECT.read_text()
    sections = re.findall(r"^(?:dependencies|dev) = \[\n(.*?)^\]", text, re.MULTILINE | re.DOTALL)
    lines = [line for section in sections for line in asked.finditer(section)]
    project = _pyproject()
    assert len(lines) == len(project["project"]["dependencies"]) + len(project["dependency-groups"]["dev"])
    assert [line.group() for line in lines if not re.fullmatch(r"\s+# \w.{5,}", line["rest"])] == []


def test_the_peers_are_pinned_hashed_and_without_address() -> None:
    wanted = json.loads((PEERS / "package.json").read_text())["dependencies"]
    packages = json.loads((PEERS / "package-lock.json").read_text())["packages"]
    locked = {path.removeprefix("node_modules/"): entry for path, entry in packages.items() if path}
    assert wanted == {name: locked[name]["version"] for name in wanted}
    assert [name for name, entry in locked.items() if not entry["integrity"].startswith("sha512-")] == []
    assert [name for name, entry in locked.items() if "resolved" in entry] == []
