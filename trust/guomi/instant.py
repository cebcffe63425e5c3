"""Instants as ASN.1 tells them: in UTC, or not at all."""

from datetime import UTC, datetime

from trust.guomi.der import Malformed


def instant(value: object) -> datetime:
    """What a parser made of a time, in UTC; raises Malformed for one without a zone, which would be anybody's guess."""
    if not isinstance(value, datetime) or value.tzinfo is None:
        raise Malformed("time_malformed")
    return value.astimezone(UTC)
