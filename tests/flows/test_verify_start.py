"""What `gba verify` of one file loads: what it uses, as loading is most of what the verdict on one file costs."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.settings import CHECKOUT

VERIFY = """
import sys
from deploy.cli import main
try:
    main()
finally:
    print(*sys.modules)
"""
# who publishes or reads trust lists, writes keys, prints reports, asks authorities, or judges several files at once
OF_OTHERS = {"concurrent.futures", "http.client", "httpx", "logging", "lxml", "signxml", "tempfile", "tomllib", "typst"}
PARSERS = {"pikepdf", "trust.pades.reader"}  # the copy's alone: this process opens keys


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    folder = tmp_path_factory.mktemp("verified")
    file = folder / "empty.pdf"
    file.touch()
    told = ""
    for _ in range(2):  # the first time makes keys and publishes trust lists
        told = verified(folder / "data", file)
    return set(told.split())


def verified(data: Path, file: Path) -> str:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GBA_")}
    done = subprocess.run(
        [sys.executable, "-c", VERIFY, "verify", "--offline", str(file)],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
        cwd=CHECKOUT,
        env={**environment, "GBA_DATA_DIR": str(data)},
    )
    assert done.returncode == 2, done.stderr  # an empty file is undecided
    return done.stdout


def test_one_file_is_verified_without_what_others_need(loaded: set[str]) -> None:
    assert "trust.flows.verify_document" in loaded
    assert not OF_OTHERS & loaded


def test_who_opens_keys_to_verify_parses_no_pdf(loaded: set[str]) -> None:
    assert not PARSERS & loaded
