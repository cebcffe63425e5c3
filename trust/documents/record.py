"""A record that an agency issued: its life from received to sealed, and what is known of it."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from trust.frozen import Frozen, Hidden

LONGEST_WAIT = timedelta(hours=1)
FIRST_WAIT = timedelta(seconds=30)


class State(StrEnum):
    """Where a record is in its life."""

    RECEIVED = "received"  # kept; not sealed yet, and tried again until it is
    SEALED = "sealed"
    REFUSED = "refused"  # cannot be sealed; the reason says why


class Record(Frozen):
    """One record. Its title is personal data and is never printed."""

    id: str
    agency: str
    subject: str  # the account of the person whose record it is
    title: Hidden[Mapping[str, str]]  # by language
    kind: str
    language: str
    state: State
    code: str  # of the public verification page
    idempotency_key: str
    request_digest: str
    received_digest: str
    received_at: datetime
    reason: str = ""  # why it waits or was refused
    sealed_digest: str | None = None
    sealed_at: datetime | None = None
    pages: int | None = None
    attempts: int = 0
    due_at: datetime | None = None


def wait_after(attempts: int) -> timedelta:
    """How long until sealing is tried again: doubling, up to an hour."""
    return min(FIRST_WAIT * int(2 ** min(attempts, 10)), LONGEST_WAIT)
