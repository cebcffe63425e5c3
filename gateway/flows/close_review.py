"""Close a review, with its audit entry: whoever's turn it was, and once, though two workers come at the same time."""

from datetime import datetime
from typing import Literal

from msgspec.structs import replace

from gateway.identity.review import Review, ReviewState
from gateway.oidc.sign_in import Decided
from gateway.ports.residents import AuditEvent
from gateway.ports.work import Work

Why = Literal["bound", "declined", "compared_anew", "over", "account_closed"]


def close_review(work: Work, review: Review, *, at: datetime, why: Why) -> bool:
    """What it held of the person is gone; False if that was done already."""
    if not work.reviews.save(replace(review, state=ReviewState.CLOSED)):
        return False
    work.audit.record(AuditEvent(kind="review.closed", at=at, actor="gateway", subjects=(review.id,), reason=why))
    return True


def close_review_of(work: Work, decided: Decided, *, at: datetime, why: Why) -> None:
    """The review that a sign-in went on from, if an operator had one."""
    found = None if decided.reference is None else work.reviews.find(decided.reference)
    if found is not None:
        close_review(work, found, at=at, why=why)
