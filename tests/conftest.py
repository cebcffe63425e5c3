"""What every test may ask for; what this machine lacks is skipped with the reason in plain words."""

from pathlib import Path

import pytest
from hypothesis import settings

from deploy.install import node as nodejs
from deploy.install import tools

pytest_plugins = [
    "tests.fixtures.postgres",
    "tests.fixtures.databases",
    "tests.fixtures.browser",
    "tests.fixtures.running",
    "tests.fixtures.object_storage",
    "tests.fixtures.described",
]

# A shared machine is slow at times; that is no finding. Every run draws the same examples, so that none fails by
# chance; `make fuzz` draws others each time.
settings.register_profile("steady", deadline=None, derandomize=True, database=None)
settings.register_profile("drawn", deadline=None, derandomize=False)
settings.load_profile("steady")

ROOT = Path(__file__).resolve().parents[1]
SAMPLES = ROOT.parent / "shared" / "samples"


@pytest.fixture(scope="session")
def project() -> Path:
    """The folder that holds pyproject.toml."""
    return ROOT


@pytest.fixture(scope="session")
def sample_pdfs() -> Path:
    """The folder of PDFs from the real world, signed and plain; its README says where each comes from."""
    if not SAMPLES.is_dir():
        pytest.skip("the sample PDFs of ../shared/samples are not here")
    return SAMPLES


@pytest.fixture(scope="session")
def node() -> Path:
    """A Node.js whose scripts in tests/peers find openid-client, oauth4webapi, jose and axe-core."""
    found = nodejs.find()
    if found is None:
        pytest.skip(f"no Node.js {nodejs.OLDEST} or later here (make test installs one)")
    if not nodejs.peers_are_installed():
        pytest.skip("the packages of tests/peers are not installed (make test installs them)")
    return found


@pytest.fixture(scope="session")
def pdfsig() -> Path:
    """Poppler's reader of signatures."""
    return _program(tools.PDFSIG)


@pytest.fixture(scope="session")
def pdftotext(pdfsig: Path) -> Path:
    """Poppler's reader of text, of the same package."""
    return pdfsig.with_name("pdftotext")


@pytest.fixture(scope="session")
def qpdf() -> Path:
    return _program(tools.QPDF)


@pytest.fixture(scope="session")
def mutool() -> Path:
    return _program(tools.MUTOOL)


@pytest.fixture(scope="session")
def nginx() -> Path:
    return _program(tools.NGINX)


@pytest.fixture(scope="session")
def jq() -> Path:
    return _program(tools.JQ)


@pytest.fixture(scope="session")
def chromium() -> Path:
    """The browser's program; most tests want `browser` instead."""
    return _program(tools.CHROMIUM)


def _program(tool: tools.Tool) -> Path:
    path = tool.find()
    if path is None:
        pytest.skip(tool.reason())
    return Path(path)
