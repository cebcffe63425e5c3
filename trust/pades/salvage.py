"""Makes a readable document of one whose page tree is lost, from the page objects that are left.

What is salvaged is unsigned by nature (a signature could not hold) and is sealed as it can be seen; the result
of sealing says that it was rewritten.
"""

import io
import re

import pikepdf

from trust.documents.intake import MOST_PAGES

_OBJECT = re.compile(rb"(?:^|[\r\n])(\d{1,10})[ ]+(\d{1,5})[ ]+obj\b")
_PAGE = re.compile(rb"/Type\s*/Page\b")
LONGEST_PAGE = 8192  # a page's dictionary, not its content


def salvage(data: bytes) -> pikepdf.Pdf | None:
    """The document with a new catalogue and page tree, or None where no page is left."""
    places: dict[int, tuple[int, int]] = {}
    for found in _OBJECT.finditer(data):
        places[int(found.group(1))] = (found.start(1), int(found.group(2)))
    pages = _pages(data, places)
    if not pages or len(pages) > MOST_PAGES or b"/ByteRange" in data or b"/Encrypt" in data:
        return None
    try:
        pdf = pikepdf.open(
            io.BytesIO(_rewritten(data, places, pages)), suppress_warnings=True, inherit_page_attributes=False
        )
        for page in pdf.Root.Pages.Kids:
            page.Parent = pdf.Root.Pages
            if "/MediaBox" not in page:
                page.MediaBox = pikepdf.Array([0, 0, 612, 792])
        if not len(pdf.pages):
            return None
    except Exception:  # whatever a foreign document does to the library, nothing was salvaged
        return None
    return pdf


def _pages(data: bytes, places: dict[int, tuple[int, int]]) -> list[tuple[int, int]]:
    pages = []
    for number, (offset, generation) in sorted(places.items(), key=lambda item: item[1]):
        body = data[offset : offset + LONGEST_PAGE].partition(b"endobj")[0]
        if _PAGE.search(body):
            pages.append((number, generation))
    return pages


def _rewritten(data: bytes, places: dict[int, tuple[int, int]], pages: list[tuple[int, int]]) -> bytes:
    """The file with a catalogue, a page tree and a cross-reference at its end."""
    tree = max(places) + 1
    kids = b" ".join(b"%d %d R" % page for page in pages)
    out = bytearray(data + b"\n")
    for number, body in (
        (tree, b"<< /Type /Pages /Kids [%s] /Count %d >>" % (kids, len(pages))),
        (tree + 1, b"<< /Type /Catalog /Pages %d 0 R >>" % tree),
    ):
        places[number] = (len(out), 0)
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 1\n0000000000 65535 f\r\n"
    for number, (offset, generation) in sorted(places.items()):
        out += b"%d 1\n%010d %05d n\r\n" % (number, offset, generation)
    out += b"trailer\n<< /Size %d /Root %d 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (tree + 2, tree + 1, start)
    return bytes(out)
