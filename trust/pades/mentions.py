"""Where a document's bytes refer to an object: searched as written, before anybody parses anything.

A reference can be written with comments inside and with leading zeros; the search finds those too, since whoever
prepares a trap would write it so.
"""

import re
from collections.abc import Collection, Iterable

_SPACE = rb"(?:[\x00\t\n\x0c\r ]++|%[^\r\n]*+[\r\n])++"
_REFERENCE = re.compile(rb"(?<!\d)(\d++)" + _SPACE + rb"\d++" + _SPACE + rb"R(?![^\x00\t\n\x0c\r ()<>\[\]{}/%])")
_KEY = re.compile(rb"/([^\x00\t\n\x0c\r ()<>\[\]{}/%]*)[\x00\t\n\x0c\r ]*\Z")
_ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")
LONGEST_KEY = 200
LONGEST_NUMBER = 18


def mentioned(texts: Iterable[bytes], numbers: Collection[int]) -> set[int]:
    """Which of these objects some text refers to."""
    return {number for text in texts for number, _ in _found(text, numbers)}


def keys(texts: Iterable[bytes], number: int) -> set[str]:
    """Under which keys an object is referred to; "" for a reference in an array or one that is hard to read."""
    found = set()
    for text in texts:
        for _, at in _found(text, (number,)):
            key = _KEY.search(text, max(0, at - LONGEST_KEY), at)
            found.add(_plain(key.group(1)) if key is not None else "")
    return found


def _found(text: bytes, numbers: Collection[int]) -> Iterable[tuple[int, int]]:
    for found in _REFERENCE.finditer(text):
        digits = found.group(1).lstrip(b"0")
        if len(digits) <= LONGEST_NUMBER and int(digits or b"0") in numbers:
            yield int(digits or b"0"), found.start()


def _plain(name: bytes) -> str:
    return _ESCAPED.sub(lambda found: bytes([int(found.group(1), 16)]), name).decode("latin-1")
