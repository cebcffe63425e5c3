"""The words for a reason: its own where it has them, else those of its status."""

from collections.abc import Mapping

from pwa.partner_texts import PARTNERS
from pwa.problem_texts import (
    DOCUMENT,
    ENDS,
    GONE,
    OURS,
    REGION_AWAY,
    REGION_REFUSED,
    REQUEST,
    SIGN_IN,
    STEP,
    TEXTS,
    Problem,
)
from pwa.refusal_texts import REFUSALS

# The pages' own words come first: a person reads those more often than a technician reads the others.
WORDS: Mapping[str, Problem] = {**PARTNERS, **REFUSALS, **ENDS, **TEXTS}

BY_STATUS: Mapping[int, Problem] = {
    401: SIGN_IN,
    403: REQUEST,
    404: GONE,
    409: STEP,
    422: DOCUMENT,
    502: REGION_REFUSED,
    503: REGION_AWAY,
}


def text_for(reason: str, status: int) -> Problem:
    """The words for a reason; for one without words of its own, those of its status."""
    return WORDS.get(reason) or BY_STATUS.get(status) or (OURS if status >= 500 else REQUEST)


def is_known(reason: str) -> bool:
    return reason in WORDS
