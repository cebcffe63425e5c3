"""The served application holds keys, so it loads nothing that parses PDFs: foreign files are read elsewhere."""

import os
import subprocess
import sys
from pathlib import Path

from deploy.settings import CHECKOUT

CODE = """
import sys
from deploy.compose import create_app
from deploy.prepare import prepare
from deploy.settings import load
settings = load({"GBA_DATA_DIR": sys.argv[1]})
prepare(settings)
create_app(settings)
parsers = {"pikepdf", "pyhanko", "trust.pades.source", "trust.pades.reader", "trust.pades.surveyor"}
print(sorted(parsers & sys.modules.keys()))
"""


def test_the_application_loads_no_parser_of_pdfs(tmp_path: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-c", CODE, str(tmp_path / "data")],
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
        cwd=CHECKOUT,
        env={name: value for name, value in os.environ.items() if not name.startswith("GBA_")},
    )
    assert run.stdout.strip() == "[]"
