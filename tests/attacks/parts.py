"""Where the parts of a signed document lie, for attacks to reach them."""

import re

import pikepdf

from tests.attacks.documents import opened

SPACES = (b" ", b"\n", b"\r\n", b"\t", b"\x00", b"\x0c", b"\n\n")
RANGE = re.compile(rb"/ByteRange *\[[^\]]*\]")
VALUE = re.compile(rb"/Contents *(<[0-9a-fA-F]{64,}>)")


def last_range(pdf: bytes) -> re.Match[bytes]:
    """The byte range of the first signature in the file."""
    found = RANGE.search(pdf)
    assert found is not None
    return found


def numbers(pdf: bytes) -> list[int]:
    return [int(each) for each in re.findall(rb"\d+", last_range(pdf).group())]


def put(pdf: bytes, at: re.Match[bytes], text: bytes) -> bytes:
    """Another text in a place of the same length."""
    assert len(text) <= len(at.group())
    return pdf[: at.start()] + text.ljust(len(at.group())) + pdf[at.end() :]


def page_numbers(pdf: bytes) -> tuple[int, int]:
    """Object numbers of the first page and of its content."""
    with opened(pdf) as found:
        page = found.pages[0].obj
        contents = page.Contents
        if isinstance(contents, pikepdf.Array) and not contents.is_indirect:
            contents = contents[0]
        return page.objgen[0], contents.objgen[0]
