"""What a worker of the served application loads: it holds keys, so nothing that parses PDFs; and it is one of many."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.settings import CHECKOUT

PREPARE = """
import sys
from deploy.prepare import prepare
from deploy.settings import load
prepare(load({"GBA_DATA_DIR": sys.argv[1]}))
"""
SERVE = """
import sys
from deploy.compose import create_app
from deploy.settings import load
create_app(load({"GBA_DATA_DIR": sys.argv[1]}))
print(*sys.modules)
"""
PARSERS = {"pikepdf", "pyhanko", "trust.pades.source", "trust.pades.reader", "trust.pades.surveyor"}
# of the commands, the preparation, the sandbox's agency and the tests: fifteen megabytes a worker
OF_OTHERS = {"alembic", "authlib", "httpx", "joserfc", "lxml", "rich", "signxml", "tqdm", "typst"}


def run(code: str, folder: Path) -> str:
    return subprocess.run(
        [sys.executable, "-c", code, str(folder)],
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
        cwd=CHECKOUT,
        env={name: value for name, value in os.environ.items() if not name.startswith("GBA_")},
    ).stdout


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    folder = tmp_path_factory.mktemp("served") / "data"
    run(PREPARE, folder)
    return set(run(SERVE, folder).split())


def test_the_application_loads_no_parser_of_pdfs(loaded: set[str]) -> None:
    assert "deploy.compose" in loaded
    assert not PARSERS & loaded


def test_the_application_loads_nothing_that_only_others_use(loaded: set[str]) -> None:
    assert not OF_OTHERS & loaded
