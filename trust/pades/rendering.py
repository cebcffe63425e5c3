"""What a file shows, drawn in several readings: they must agree (PDFium, without scripts, where it is installed).

1. The signed revision and the final file, where what came later claims to show nothing new.
2. The file as its cross-reference says, and as who searches it for objects would see it.
Notes and marks are left out of the drawings: what was done to them is told by comparing objects. Bounds are counted in
pages and pixels, never in time, so that the same file gives the same answer; the reader's own limits end the rest.
"""

import re
from collections.abc import Iterator
from typing import Any

from msgspec.structs import replace

from trust.validation.facts import Change, FileFacts

DIFFERS, NOT_COMPARED = "rendered_differently", "rendering_not_compared"
MOST_PAGES = 300
LARGEST = 64 * 1024 * 1024  # bytes of a file, of which three copies are opened
SIDE = 600  # pixels of a page's longer side
_START = re.compile(rb"startxref(?=[\x00\t\n\x0c\r ]+\d)")


def noted(data: bytes, facts: FileFacts) -> FileFacts:
    """The facts, and with them what comparing drawings told."""
    found = finding(data, facts)
    return replace(facts, findings=(*facts.findings, found)) if found else facts


def finding(data: bytes, facts: FileFacts) -> str:
    """What comparing drawings of a file told: "" where they agree, or nothing needs to be compared."""
    readings = list(_readings(data, facts))
    if not readings:
        return ""
    if facts.pages > MOST_PAGES or len(data) > LARGEST:
        return NOT_COMPARED
    try:
        import pypdfium2  # noqa: PLC0415 - an option of the installation
    except ImportError:
        return NOT_COMPARED
    try:
        final = _opened(pypdfium2, data)
        others = [_opened(pypdfium2, each) for each in readings]
    except pypdfium2.PdfiumError:
        return NOT_COMPARED
    return _compared(pypdfium2, final, others)


def _readings(data: bytes, facts: FileFacts) -> Iterator[bytes]:
    """The other ways in which a file may be read, if there is a reason to look at them."""
    ends = [
        item.end
        for item in facts.signatures
        if not item.problem and not item.covers_file and item.end and item.change <= Change.SIGNATURES
    ]
    if ends:
        yield data[: min(ends)]
    if ends or (facts.signatures and facts.findings):
        yield _START.sub(b"startxxxx", data)


def _opened(library: Any, data: bytes) -> Any:
    return library.PdfDocument(data)


def _compared(library: Any, final: Any, others: list[Any]) -> str:
    if any(len(other) != len(final) for other in others):
        return DIFFERS
    try:
        for number in range(len(final)):
            shown = _drawn(final, number)
            if any(_drawn(other, number) != shown for other in others):
                return DIFFERS
    except library.PdfiumError:
        return NOT_COMPARED
    return ""


def _drawn(document: Any, number: int) -> tuple[int, int, bytes]:
    page = document[number]
    try:
        width, height = page.get_size()
        bitmap = page.render(
            scale=SIDE / max(width, height, 1.0), grayscale=True, draw_annots=False, may_draw_forms=False
        )
        drawn = (bitmap.width, bitmap.height, bytes(bitmap.buffer))
        bitmap.close()
        return drawn
    finally:
        page.close()
