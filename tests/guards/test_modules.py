"""Modules say what they are, stay small, and leave the environment to the settings."""

import ast
import sys

from tests.guards.tree import PACKAGES, imported, modules, name, parse

LONGEST = 400
# the settings, and an example of the guide, which is a program of somebody else's
READS_ENVIRONMENT = {"deploy/settings.py", "deploy/examples/partner.py"}
ENVIRONMENT = {"os.environ", "os.environb", "os.getenv", "os.getenvb", "os.putenv"}


def test_every_module_says_in_its_first_line_what_it_is() -> None:
    silent = []
    for file in modules():
        text = ast.get_docstring(parse(file), clean=False)
        if not text or not text.split("\n")[0].strip():
            silent.append(name(file))
    assert silent == []


def test_no_module_is_longer_than_can_be_read_in_one_sitting() -> None:
    lengths = {
        name(file): len(file.read_text(encoding="utf-8").splitlines())
        for file in modules()
        if not name(file).startswith(
            "deploy/migrations/versions/"
        )  # a list of tables, made by Alembic and kept as made
    }
    assert {file: lines for file, lines in lengths.items() if lines > LONGEST} == {}


def test_only_the_settings_read_the_environment() -> None:
    readers = [name(file) for file in modules(*PACKAGES, "wsgi.py") if ENVIRONMENT & {*_touched(parse(file))}]
    assert set(readers) <= READS_ENVIRONMENT


def test_the_installer_needs_nothing_that_is_not_yet_installed() -> None:
    """It runs on a machine's bare Python, and `deploy/__init__.py` runs before it."""
    needs = {}
    for file in modules("deploy"):
        if not name(file).startswith("deploy/install/") and name(file) != "deploy/__init__.py":
            continue
        foreign = {
            wanted
            for wanted in imported(parse(file))
            if wanted.split(".")[0] not in sys.stdlib_module_names
            and wanted != "deploy"
            and not wanted.startswith("deploy.install")
        }
        if foreign:
            needs[name(file)] = sorted(foreign)
    assert needs == {}


def _touched(module: ast.Module) -> set[str]:
    attributes = {
        f"{node.value.id}.{node.attr}"
        for node in ast.walk(module)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
    }
    return attributes | {*imported(module)}
