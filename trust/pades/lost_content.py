"""Whether a document that needs repair has lost what its pages show: then repairing it would seal an empty page.

A content stream is an object of its own in the file (ISO 32000-1 §7.3.8.1, §7.5.7), so a page that names one which is
nowhere in the bytes was cut off from it; qpdf, reading on, takes it for empty.
"""

import re

import pikepdf

_OBJECT = re.compile(rb"(?:^|[\r\n])(\d{1,10})[ ]+\d{1,5}[ ]+obj\b")
_PAGE = re.compile(rb"/Type\s*/Page\b")
_CONTENTS = re.compile(rb"/Contents\s*(?:\[([^\]]{0,65536})\]|(\d{1,10})\s+\d{1,5}\s+R\b)")
_REFERENCE = re.compile(rb"(\d{1,10})\s+\d{1,5}\s+R\b")
_CUT = "treating stream as empty"  # qpdf's warning for a stream whose end it cannot find


def content_is_lost(data: bytes, pdf: pikepdf.Pdf) -> bool:
    """Asked only of what does not hold as written."""
    return any(_CUT in warning for warning in pdf.get_warnings()) or not _named(data) <= _there(data)


def _there(data: bytes) -> set[int]:
    return {int(found.group(1)) for found in _OBJECT.finditer(data)}


def _named(data: bytes) -> set[int]:
    """Content streams that pages in the open name; pages inside object streams cannot be seen here."""
    named: set[int] = set()
    for piece in data.split(b"endobj"):
        start = piece.rfind(b" obj")
        body = piece[start + 4 :] if start >= 0 else b""
        if b"stream" in body or not _PAGE.search(body):
            continue
        for contents in _CONTENTS.finditer(body):
            several, one = contents.groups()
            named |= {int(one)} if one else {int(found.group(1)) for found in _REFERENCE.finditer(several)}
    return named
