"""A seal stands aside where the usual place shows something."""

import io
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from tests.fakes.sealing_world import SealingWorld, plain_pdf

AT_THE_FOOT = {
    "text": b"BT /F1 12 Tf 420 30 Td (page foot, on the right) Tj ET",
    "moved text": b"q 1 0 0 1 400 0 cm BT /F1 12 Tf 1 0 0 1 20 30 Tm [(page) -20 (foot)] TJ ET Q",
    "image": b"q 150 0 0 40 420 12 cm /Im Do Q",
}


def with_content(content: bytes) -> bytes:
    opened: Any = pikepdf.open(io.BytesIO(plain_pdf()))
    page = opened.pages[0].obj
    page["/Contents"] = opened.make_stream(content)
    image = opened.make_stream(b"\0", Subtype=pikepdf.Name.Image, Width=1, Height=1)
    page.Resources["/XObject"] = pikepdf.Dictionary(Im=image)
    out = io.BytesIO()
    opened.save(out)
    return out.getvalue()


def left_edge(sealed: bytes) -> float:
    opened: Any = pikepdf.open(io.BytesIO(sealed))
    return float(opened.pages[0].obj.Annots[0].Rect[0])


@pytest.mark.parametrize("kind", AT_THE_FOOT)
def test_it_moves_to_the_left_when_the_right_is_taken(kind: str, tmp_path: Path) -> None:
    sealed = SealingWorld.open(tmp_path).seal(with_content(AT_THE_FOOT[kind])).content
    assert left_edge(sealed) < 100


@pytest.mark.parametrize("content", [b"", b"q 595 0 0 842 0 0 cm /Im Do Q", b"BT ( broken", b"Tj cm Q Q"])
def test_it_stays_where_nothing_is_or_all_is_background(content: bytes, tmp_path: Path) -> None:
    sealed = SealingWorld.open(tmp_path).seal(with_content(content)).content
    assert left_edge(sealed) > 300
