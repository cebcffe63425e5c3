"""Numeric dates in tokens from outside (RFC 7519 §2): a number within reason, or not a number at all."""

import math
from typing import Any

NUMBERS = frozenset({int, float})  # and never a boolean, which Python counts among integers
LATEST = 1e11  # seconds; the year 5138


def seconds(value: Any) -> float:
    """The value as seconds since the epoch; not-a-number for all else, with which every comparison is false."""
    return float(value) if type(value) in NUMBERS and -LATEST < value < LATEST else math.nan
