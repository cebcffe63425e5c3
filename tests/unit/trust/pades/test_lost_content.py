"""A document that was cut off from what its pages show is refused, not repaired into an empty page and sealed."""

import io

import pikepdf
import pytest

from trust.errors import DocumentRefused
from trust.pades.source import open_source


def document(*, compressed: bool = False, pages: int = 2) -> bytes:
    pdf = pikepdf.new()
    for number in range(pages):
        pdf.add_blank_page()
        pdf.pages[number].Contents = pdf.make_stream(b"BT /F1 12 Tf (shown) Tj ET " * 40)
    out = io.BytesIO()
    mode = pikepdf.ObjectStreamMode.generate if compressed else pikepdf.ObjectStreamMode.disable
    pdf.save(out, object_stream_mode=mode, compress_streams=False)
    return out.getvalue()


@pytest.mark.parametrize("share", [0.2, 0.4, 0.6, 0.8])
@pytest.mark.parametrize("compressed", [False, True])
def test_a_document_cut_short_is_refused(share: float, compressed: bool) -> None:
    whole = document(compressed=compressed)
    with pytest.raises(DocumentRefused):
        open_source(whole[: int(len(whole) * share)])


def test_a_document_that_lost_only_its_end_is_repaired() -> None:
    whole = document()
    repaired = open_source(whole[: whole.rindex(b"xref")])
    assert repaired.normalised
    assert repaired.facts.pages == 2


def test_junk_around_a_document_is_no_loss() -> None:
    repaired = open_source(b"junk\n" + document() + b"junk")
    assert repaired.normalised


def test_a_page_without_content_has_lost_none() -> None:
    pdf = pikepdf.new()
    pdf.add_blank_page()
    out = io.BytesIO()
    pdf.save(out)
    assert open_source(out.getvalue() + b"junk").facts.pages == 1
