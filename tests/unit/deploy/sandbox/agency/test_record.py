"""The agency's own record: a PDF that says what it must, the same each time, whatever the name is written with."""

import io
from datetime import UTC, datetime

import pikepdf
import pytest

from deploy.sandbox.agency.record import printed

AT = datetime(2026, 11, 21, 23, 30, tzinfo=UTC)


def record(**claims: object) -> bytes:
    return printed(application="KBR-2026-000123", subject="pairwise-1", claims=claims, at=AT)


def test_the_record_is_one_page_of_pdf_a() -> None:
    with pikepdf.open(io.BytesIO(record(name="CHAN, Tai Man", chinese_name="陳大文"))) as pdf:
        assert len(pdf.pages) == 1
        assert pdf.open_metadata().pdfa_status == "2B"


def test_the_same_content_gives_the_same_bytes() -> None:
    assert record(name="CHAN, Tai Man") == record(name="CHAN, Tai Man")
    assert record(name="CHAN, Tai Man") != record(name="CHAN, Tai Wan")


@pytest.mark.parametrize("name", ["鄧\U000210c1榮", "Maria João da Silva Leong", "", '"; #panic() //', "𠮷野"])
def test_any_name_can_be_printed(name: str) -> None:
    with pikepdf.open(io.BytesIO(record(chinese_name=name))) as pdf:
        assert len(pdf.pages) == 1
