"""What pyHanko and poppler's pdfsig say against a document of ours that passed although it was changed."""

import asyncio
import re
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from shutil import which

from asn1crypto import x509

from tests.attacks.documents import world
from tests.fakes.second_opinion import opinions

SAID = re.compile(r"Signature Validation: (.+)\.")
# pdfsig knows no document timestamps
UNKNOWN = "Signature has not yet been verified"


def objections(pdf: bytes) -> Iterator[str]:
    """One a program that does not call every signature valid."""
    anchors = map(x509.Certificate.load, world().authorities.anchors.values())
    try:
        found = asyncio.run(opinions(pdf, anchors, world().now))
    except Exception as error:  # whatever it stumbles over is what it says
        yield f"pyHanko:{type(error).__name__}"
    else:
        for one in found:
            if not one.valid:
                yield f"pyHanko:{'broken' if not one.intact else one.changes or 'untrusted'}"
    if which("pdfsig"):
        for said in sorted(
            {each for each in SAID.findall(_pdfsig(pdf)) if each not in ("Signature is Valid", UNKNOWN)}
        ):
            yield f"pdfsig:{said}".replace(" ", "_")


def _pdfsig(pdf: bytes) -> str:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.pdf"
        path.write_bytes(pdf)
        said = subprocess.run(
            ["pdfsig", "-nocert", path], capture_output=True, timeout=30, check=False, text=True, errors="replace"
        )
    return said.stdout
