"""Numeric dates in tokens from outside (RFC 7519 §2): a number within reason, or not a number at all."""

import math
from typing import Any

LATEST = 1e11  # seconds; the year 5138


def seconds(value: Any) -> float:
    """The value as seconds since the epoch; not-a-number for all else, with which every comparison is false."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not -LATEST < value < LATEST:
        return math.nan
    return float(value)
