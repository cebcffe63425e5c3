"""A receipt on paper says what happened, keeps the words that were shown, and carries its signed form."""

import io
import subprocess
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from trust.pades import receipt_pdf
from trust.validation.sentences import LANGUAGES

SIGNED = "eyJhbGciOiJFUzI1NiJ9.e30.c2ln"


def content(**changed: Any) -> dict[str, Any]:
    told: dict[str, Any] = {
        "receipt_id": "r-1",
        "record_id": "c-1",
        "issuer": "https://gateway.example",
        "issued_at": "2026-11-21T10:00:00Z",
        "valid_until": None,
        "single_use": True,
        "notices": [
            {
                "notice_id": "biometric-check",
                "notice_version": "1",
                "language": "zh-Hant",
                "title": "容貌比對",
                "blocks": [{"id": "n1", "kind": "question", "text": "比對一張照片：邨埗氹㗎咗嘅𠮷"}],
                "text_sha256": "sha256:" + "ab" * 32,
            }
        ],
        "events": [
            {"state": "requested", "at": "2026-11-21T09:00:00Z"},
            {"state": "refused", "at": "2026-11-21T09:01:00Z"},
        ],
    }
    return told | changed


def text_of(pdf: bytes, pdftotext: Path) -> str:
    done = subprocess.run([pdftotext, "-", "-"], input=pdf, capture_output=True, check=True)
    return done.stdout.decode()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_signed_receipt_is_attached_unchanged(language: str) -> None:
    pdf = receipt_pdf.render(content(), signed=SIGNED, language=language)
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        attached = opened.attachments["consent-receipt.jws"].get_file().read_bytes()
        assert attached == SIGNED.encode()
        assert opened.Root.MarkInfo.Marked
        with opened.open_metadata() as metadata:
            assert metadata["pdfaid:part"] == "3"


def test_the_same_receipt_is_printed_the_same() -> None:
    assert receipt_pdf.render(content(), signed=SIGNED, language="pt") == receipt_pdf.render(
        content(), signed=SIGNED, language="pt"
    )


def test_a_character_that_no_font_has_does_not_keep_the_receipt_from_its_holder() -> None:
    notices = content()["notices"]
    notices[0]["title"] = "🎉 ท"
    assert receipt_pdf.render(content(notices=notices), signed=SIGNED, language="en").startswith(b"%PDF-")


def test_what_happened_is_said_in_the_reader_s_language(pdftotext: Path) -> None:
    printed = text_of(receipt_pdf.render(content(), signed=SIGNED, language="en"), pdftotext)
    assert "declined, another way chosen" in printed
    assert "𠮷" in printed
