"""A session: this browser may act as this person for a while (NIST SP 800-63B §7).

It ends fifteen minutes after it was last used, and eight hours after it began, whatever was done in it.
"""

from datetime import datetime, timedelta

from gateway.frozen import Frozen, Hidden
from gateway.identity.region import Region

# Writing on every page view would cost a transaction each; within this time a session need not be touched again.
TOUCH_EVERY = timedelta(seconds=60)


class Lifetime(Frozen):
    idle: timedelta = timedelta(minutes=15)
    absolute: timedelta = timedelta(hours=8)


class Session(Frozen):
    """`id` and `browser` are SHA-256 of the cookies' values: who reads the table cannot become anybody. What an agency
    is told of the id is made of it for that agency alone (`gateway.oidc.pairwise_id`).
    """

    id: str
    browser: Hidden[str]
    account: str
    home: Region
    binding: str
    acr: str
    amr: tuple[str, ...]
    authenticated_at: datetime
    created_at: datetime
    seen_at: datetime
    ended_at: datetime | None = None
    ended: str | None = None  # signed_out, ended_elsewhere, binding_ended, account_closed, expired


def objection(session: Session, *, browser: str, at: datetime, lifetime: Lifetime) -> str | None:
    """Why this session cannot be used now from this browser, or None if it can."""
    if session.ended_at is not None:
        return "session_ended"
    if session.browser != browser:
        return "session_of_another_browser"
    if at >= session.created_at + lifetime.absolute:
        return "session_over"
    if at >= session.seen_at + lifetime.idle:
        return "session_idle"
    return None


def expires_at(session: Session, lifetime: Lifetime) -> datetime:
    """When it ends if nothing more is done in it."""
    return min(session.seen_at + lifetime.idle, session.created_at + lifetime.absolute)


def needs_touch(session: Session, at: datetime) -> bool:
    return at - session.seen_at >= TOUCH_EVERY
