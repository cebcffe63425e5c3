"""Nothing in the project's files belongs to one machine, one registry, or another day."""

import re

import pytest

from tests.guards.tree import ROOT, name, tracked

# Written in pieces, so that this file does not break its own rules.
FORBIDDEN = {
    "the host of a package registry": "|".join(
        re.escape(".".join(host))
        for host in (
            ("pypi", "org"),
            ("files", "pythonhosted", "org"),
            ("registry", "npmjs", "org"),
            ("registry", "yarnpkg", "com"),
            ("deb", "debian", "org"),
            ("npmmirror", "com"),
            ("pypi", "tuna"),
        )
    ),
    "a path of one machine": r"(?<![\w.}/-])/(?:work|farm|home/\w+)/\w" + "|" + "/" + r"root/[\w.]",
    "a task left for later": r"\b(?:TO" + "DO|FIX" + r"ME)\b",
    "a mark of an unfinished merge": "^(?:" + "<" * 7 + "|" + ">" * 7 + ") ",
}


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_file_holds(what: str) -> None:
    pattern = re.compile(FORBIDDEN[what], re.MULTILINE)
    found = []
    for file in tracked():
        try:
            text = file.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue  # a PDF, a picture
        found += [f"{name(file)}: {match.group()}" for match in pattern.finditer(text)]
    assert found == []


def test_no_group_is_repeated_possessively() -> None:
    """Before 3.11.5 Python keeps what the last round of such a group read in vain; `(?>(?:…)*)` says the same."""
    repeated = re.compile(r"\)(?:\*\+|\+\+|\?\+)")
    sources = [file for file in tracked() if file.suffix == ".py" and name(file).split("/")[0] != "tests"]
    assert [f"{name(file)}: {found}" for file in sources for found in repeated.findall(file.read_text())] == []


def test_the_top_level_is_the_one_the_project_promises() -> None:
    folders = {file.relative_to(ROOT).parts[0] for file in tracked() if file.parent != ROOT}
    assert {folder for folder in folders if not folder.startswith(".")} <= {
        "gateway",
        "pwa",
        "trust",
        "translations",
        "deploy",
        "tests",
    }
