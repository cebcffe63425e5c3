"""Canonical JSON (RFC 8785), and the hash over it: how notices and consent records are made comparable.

What our own records are made of (texts, whole numbers, names in ASCII) orjson writes as the standard says, in a
thirtieth of the time. Anything else goes the standard's own way: keys are ordered by UTF-16 (§3.2.3), which differs
from UTF-8's order beyond the basic plane, and numbers with fractions are written as ECMAScript does (§3.2.2.3).
"""

import hashlib
from typing import Any

import orjson
import rfc8785

LARGEST_EXACT = 2**53 - 1  # RFC 7493 §2.2
PLAIN = frozenset({str, bool, type(None)})


def canonical(value: object) -> bytes:
    """The bytes of this value. Raises ValueError for what JSON cannot say."""
    if _is_plain(value):
        try:
            return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
        except orjson.JSONEncodeError:
            pass  # half a surrogate pair, or too deep: the other says which
    return rfc8785.dumps(value)  # type: ignore[arg-type]


def digest(value: object) -> str:
    """SHA-256 over the canonical JSON of `value`, named."""
    return "sha256:" + hashlib.sha256(canonical(value)).hexdigest()


def _is_plain(value: object) -> bool:
    left: list[Any] = [value]
    while left:
        one = left.pop()
        kind = type(one)
        if kind is dict:
            try:
                names = "".join(one)
            except TypeError:
                return False
            if not names.isascii():
                return False
            left.extend([held for held in one.values() if type(held) not in PLAIN])  # texts are most of a consent
        elif kind is list or kind is tuple:
            left.extend([held for held in one if type(held) not in PLAIN])
        elif kind is int:
            if abs(one) > LARGEST_EXACT:
                return False
        elif one is not None and not isinstance(one, str | bool):
            return False
    return True
