"""What a partner is to be told, to whom, and when it is tried again: the same for logouts and for security events."""

import hashlib
from datetime import datetime, timedelta
from enum import StrEnum

from gateway.frozen import Frozen
from gateway.oidc import base64url

FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=30), timedelta(hours=1)
TRIED_FOR = timedelta(hours=24)


class Kind(StrEnum):
    """What it is about. All but the first are security events (RFC 8417); a client names those it wants."""

    LOGOUT = "logout"  # OIDC Back-Channel Logout
    SESSION_REVOKED = "session_revoked"
    CONSENT_WITHDRAWN = "consent_withdrawn"
    LINK_UNDONE = "link_undone"
    ACCOUNT_CLOSED = "account_closed"


EVENTS = frozenset(Kind) - {Kind.LOGOUT}
OF_A_SESSION = (Kind.LOGOUT, Kind.SESSION_REVOKED)  # told to the clients that the session led to


class DeliveryState(StrEnum):
    WAITING = "waiting"
    DELIVERED = "delivered"
    GIVEN_UP = "given_up"


class Delivery(Frozen):
    """One client to be told one thing. `about` is the id of what ended; `attempts` counts those that were begun."""

    kind: Kind
    about: str
    client: str
    account: str
    state: DeliveryState
    attempts: int
    created_at: datetime
    next_at: datetime
    problem: str | None = None

    @property
    def id(self) -> str:
        """The same at each attempt, so that whoever heard it twice can tell (RFC 8417 §2.2, `jti`)."""
        return delivery_id(self.kind, self.about, self.client)


def delivery_id(kind: Kind, about: str, client: str) -> str:
    """A client is told of one thing once."""
    return base64url.encode(hashlib.sha256(f"{kind} {about} {client}".encode()).digest())


def waiting(kind: Kind, about: str, client: str, account: str, *, at: datetime) -> Delivery:
    """A delivery that nobody has tried."""
    return Delivery(
        kind=kind,
        about=about,
        client=client,
        account=account,
        state=DeliveryState.WAITING,
        attempts=0,
        created_at=at,
        next_at=at,
    )


def after_failure(delivery: Delivery, at: datetime) -> tuple[DeliveryState, datetime]:
    """What becomes of it: tried again after pauses that double up to an hour, given up after a day."""
    pause = min(FIRST_PAUSE * 2 ** min(delivery.attempts - 1, 10), LONGEST_PAUSE)
    over = at + pause >= delivery.created_at + TRIED_FOR
    return (DeliveryState.GIVEN_UP if over else DeliveryState.WAITING), at + pause
