"""Single values in a platform's answer: of the kind that was promised, bounded, and fit to be kept. Pure."""

import re
from collections.abc import Mapping
from typing import TypeGuard

LONGEST_VERSION = 64  # characters
LATEST = 1e11  # seconds: no honest moment is later, and 1e999 is infinite
HALF = re.compile("[\ud800-\udfff]")  # JSON can carry half a surrogate pair; UTF-8 cannot (RFC 8259 §8.2)


def is_text(value: object, *, longest: int) -> TypeGuard[str]:
    """Whether this is a text of at most so many characters, each of them whole."""
    return isinstance(value, str) and len(value) <= longest and HALF.search(value) is None


def code(value: object) -> str:
    """A code or name that may be sent as a number; empty for a value of any other kind."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return value if isinstance(value, str) else ""


def version(value: object) -> str:
    """What a platform calls the state of its record: a short text or a number, otherwise nothing."""
    told = str(value) if isinstance(value, float) else code(value)
    return told if is_text(told, longest=LONGEST_VERSION) else ""


def moment(claims: Mapping[str, object], name: str) -> float | None:
    """A NumericDate (RFC 7519 §2) within reason, or None."""
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < LATEST:
        return None
    return float(value)
