"""Instants as integers: microseconds since the epoch, the same on SQLite and PostgreSQL."""

from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


def to_micros(at: datetime) -> int:
    """The instant as stored; a time without a zone is refused by the subtraction."""
    return (at - EPOCH) // MICROSECOND


def from_micros(stored: int) -> datetime:
    """The instant that was stored, in UTC."""
    return EPOCH + timedelta(microseconds=stored)
