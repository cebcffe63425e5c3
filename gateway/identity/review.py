"""A review: what the rule would not decide, laid before an operator.

The two records are kept, sealed, only until somebody has decided that they are of two people, or that they are of one
and the person has come back, or the review is over.
"""

import hashlib
from datetime import datetime
from enum import StrEnum

from gateway.frozen import Frozen, Hidden
from gateway.identity.assertion import RegionAssertion


class ReviewState(StrEnum):
    OPEN = "open"
    SAME_PERSON = "same_person"
    NOT_SAME_PERSON = "not_same_person"
    CLOSED = "closed"  # used for a binding, replaced or over; the records are gone, and so is whose they were


class Review(Frozen):
    """`reference` is what the person reads out at a counter or on the telephone."""

    id: str
    reference: str
    home: Hidden[RegionAssertion | None]
    guangdong: Hidden[RegionAssertion | None]
    reasons: tuple[str, ...]
    state: ReviewState = ReviewState.OPEN
    opened_at: datetime
    expires_at: datetime
    decided_at: datetime | None = None
    decided_by: str | None = None  # an operator's id
    ground: str | None = None  # the operator's reason, as a slug


GROUNDS = ("documents_seen", "asked_by_telephone", "register_consulted", "records_differ", "documents_not_genuine")
REFERENCE_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # none that is read or heard as another


def reference(token: str) -> str:
    """A reference number of ten letters in two groups, drawn from a fresh random token."""
    drawn = hashlib.sha256(token.encode()).digest()[:10]
    letters = "".join(REFERENCE_LETTERS[byte % len(REFERENCE_LETTERS)] for byte in drawn)
    return f"{letters[:5]}-{letters[5:]}"


def objection(review: Review, *, at: datetime) -> str | None:
    """Why this review cannot be decided now, or None if it can."""
    if review.state is not ReviewState.OPEN:
        return "review_decided"
    return "review_over" if at >= review.expires_at else None
