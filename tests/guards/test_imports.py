"""The import rules hold, and each of them would notice being broken."""

import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.guards.tree import PACKAGES, ROOT

LINT_IMPORTS = Path(sys.executable).with_name("lint-imports")
RULES: list[dict[str, Any]] = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
CONTRACTS: list[str] = [rule["name"] for rule in RULES]

# For each rule, an import that breaks it: the file it is written into, and the line.
BROKEN = {
    "Strata": ("gateway/errors.py", "import trust"),
    "Inside gateway": ("gateway/oidc/deliberate.py", "import gateway.flows"),
    "Inside trust": ("trust/flows/deliberate.py", "import trust.storage"),
    "A region never imports another": ("gateway/regions/macau/__init__.py", "import gateway.regions.hongkong"),
    "Rules are pure": ("gateway/oidc/deliberate.py", "import flask"),
    "SQLAlchemy stays": ("gateway/endpoints/deliberate.py", "import sqlalchemy"),
    "The server knows HTTP": ("deploy/serving/reader.py", "import gateway.flows"),
    "Only deploy opens sockets": ("pwa/deliberate.py", "import httpx"),
    "Only trust.pades knows PDF": ("trust/flows/deliberate.py", "import pyhanko"),
    "Who holds a key": ("trust/pades/writer.py", "import pikepdf"),
    "No circles": ("pwa/deliberate_one.py", "import pwa.deliberate_two"),
}
COMPANION = {"pwa/deliberate_one.py": ("pwa/deliberate_two.py", "import pwa.deliberate_one")}


def test_the_import_rules_hold() -> None:
    assert _lint(ROOT) == ""


def test_each_rule_has_an_example_that_breaks_it() -> None:
    assert [rule for rule in CONTRACTS if _example(rule) is None] == []


@pytest.mark.parametrize("rule", BROKEN)
def test_a_deliberate_breach_is_caught(rule: str, tmp_path: Path) -> None:
    _copy(tmp_path)
    file, line = BROKEN[rule]
    for place, text in filter(None, [(file, line), COMPANION.get(file)]):
        with (tmp_path / place).open("a") as module:
            module.write(f"\n{text}\n")
    said = _lint(tmp_path)
    assert any(contract.startswith(rule) and f"{contract} BROKEN" in said for contract in CONTRACTS), said


@pytest.mark.parametrize("package", ["gateway", "trust"])
def test_a_subpackage_without_a_place_is_caught(package: str, tmp_path: Path) -> None:
    _copy(tmp_path)
    (tmp_path / package / "attic").mkdir()
    (tmp_path / package / "attic" / "__init__.py").write_text('"""An attic."""\n')
    assert f"{package}.attic" in _lint(tmp_path)


def _example(rule: str) -> str | None:
    return next((start for start in BROKEN if rule.startswith(start)), None)


def _copy(to: Path) -> None:
    """The project's packages, with an empty module for each one that a rule names and nobody has written yet."""
    for package in PACKAGES:
        shutil.copytree(ROOT / package, to / package, ignore=shutil.ignore_patterns("__pycache__", "static"))
    shutil.copy(ROOT / "pyproject.toml", to)
    for named in _named():
        place = to.joinpath(*named.split("."))
        if not place.with_suffix(".py").exists():
            place.mkdir(parents=True, exist_ok=True)
            (place / "__init__.py").touch()


def _named() -> Iterator[str]:
    for rule in RULES:
        yield from rule.get("source_modules", [])
        yield from rule.get("modules", [])
        for container in rule.get("containers", []):
            for layer in rule["layers"]:
                yield from (f"{container}.{module.strip(' ()')}" for module in layer.split("|"))


def _lint(project: Path) -> str:
    """What lint-imports says against the project there; empty when it says nothing."""
    done = subprocess.run([LINT_IMPORTS, "--no-cache"], cwd=project, capture_output=True, text=True, check=False)
    return "" if done.returncode == 0 else " ".join((done.stdout + done.stderr).split())  # it wraps its lines
