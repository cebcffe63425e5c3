"""A report on paper speaks the reader's language, carries its JSON, and is the same whenever it is made."""

import hashlib
import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from tests.fakes.sealing_world import SealingWorld, plain_pdf
from trust.pades import report_pdf
from trust.validation.sentences import LANGUAGES, sentence
from trust.validation.words import words

ANEW = (
    "import json, sys, hashlib; from trust.pades import report_pdf; "
    "print(hashlib.sha256(report_pdf.render(json.load(sys.stdin), 'pt')).hexdigest())"
)


@pytest.fixture
def report(tmp_path: Path) -> dict[str, Any]:
    world = SealingWorld.open(tmp_path)
    return world.verify(world.seal(plain_pdf()).content).as_json()


def text_of(pdf: bytes, pdftotext: Path) -> str:
    done = subprocess.run([pdftotext, "-", "-"], input=pdf, capture_output=True, check=True)
    return done.stdout.decode()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_verdict_is_said_in_the_readers_language(report: dict[str, Any], language: str, pdftotext: Path) -> None:
    shown = "".join(text_of(report_pdf.render(report, language, sealed=True), pdftotext).split())
    said = words(language)
    for part in (said["title"], sentence("valid", language), said["validation_data"], said["how"], said["long_term"]):
        assert "".join(part.split()) in shown
    assert said["unsealed"][:10] not in shown


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_report_without_a_seal_says_so(report: dict[str, Any], language: str, pdftotext: Path) -> None:
    shown = "".join(text_of(report_pdf.render(report, language), pdftotext).split())
    assert "".join(words(language)["unsealed"].split()) in shown


def test_the_json_is_inside_and_the_file_claims_its_standards(report: dict[str, Any]) -> None:
    with pikepdf.open(io.BytesIO(report_pdf.render(report, "zh-Hant"))) as opened:
        attached = opened.attachments["verification-report.json"].get_file()
        assert json.loads(attached.read_bytes()) == report
        with opened.open_metadata() as told:
            assert (told["pdfaid:part"], told["pdfaid:conformance"], told["pdfuaid:part"]) == ("3", "A", "1")
        assert opened.Root.Lang == "zh-HK"


def test_the_same_report_gives_the_same_bytes_in_another_process(report: dict[str, Any]) -> None:
    here = hashlib.sha256(report_pdf.render(report, "pt")).hexdigest()
    there = subprocess.run(
        [sys.executable, "-c", ANEW], input=json.dumps(report), capture_output=True, text=True, check=True, timeout=60
    )
    assert there.stdout.strip() == here


def test_a_report_of_another_shape_is_printed_as_far_as_it_goes(report: dict[str, Any]) -> None:
    for spoiled in ({"signatures": "many"}, {"at": "soon"}, {"signatures": [None]}, {"file": "\u202e名\x00.pdf"}):
        assert report_pdf.render(report | spoiled, "en").startswith(b"%PDF-")
