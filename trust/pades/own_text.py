"""Objects of an open document as they are written there; references stay references."""

import re
from decimal import Decimal
from typing import Any

import pikepdf

from trust.pades.objects import Fields

_REFERENCES = re.compile(rb"\[(?: \d+ \d+ R)+ \]")
_REFERENCE = re.compile(rb"\d+ \d+ R")


def text(value: Any) -> bytes:
    """A value of an open document as it is written; references stay references."""
    if isinstance(value, pikepdf.Object):
        return value.unparse()
    if value is None:
        return b"null"
    if isinstance(value, bool):
        return b"true" if value else b"false"
    if isinstance(value, Decimal):
        return format(value, "f").encode()
    return str(int(value)).encode()


def fields(dictionary: Any) -> Fields:
    """A dictionary's entries, each as it is written."""
    return {key: text(value) for key, value in dictionary.items()}


def items(array: Any) -> tuple[bytes, ...]:
    """An array's items, each as it is written. Of references none is followed: with very many that takes seconds."""
    if not isinstance(array, pikepdf.Array):
        return ()
    whole = array.unparse(resolved=True)
    if _REFERENCES.fullmatch(whole):
        return tuple(_REFERENCE.findall(whole))
    return tuple(text(item) for item in array)
