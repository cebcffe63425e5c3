"""Instants as integers: microseconds since the epoch, the same on SQLite and PostgreSQL."""

from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


def to_micros(at: datetime) -> int:
    """The instant as stored. A time without a zone is refused by the subtraction."""
    return (at - EPOCH) // MICROSECOND


def from_micros(stored: int) -> datetime:
    """The instant that was stored, in UTC."""
    return EPOCH + timedelta(microseconds=stored)


def maybe_micros(at: datetime | None) -> int | None:
    return None if at is None else to_micros(at)


def maybe_instant(stored: int | None) -> datetime | None:
    return None if stored is None else from_micros(stored)
