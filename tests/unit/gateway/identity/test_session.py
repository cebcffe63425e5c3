"""A session is this browser's, ends idle, and ends at last."""

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from gateway.identity.region import Region
from gateway.identity.session import Lifetime, Session, expires_at, needs_touch, objection

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
SESSION = Session(
    id="s",
    browser="browser-hash",
    account="1.a",
    home=Region.MACAU,
    binding="b-1",
    acr="urn:gba:acr:3",
    amr=("swk",),
    authenticated_at=NOW,
    created_at=NOW,
    seen_at=NOW,
)
LIFETIME = Lifetime()


@pytest.mark.parametrize(
    ("session", "after", "reason"),
    [
        (SESSION, timedelta(minutes=15) - timedelta(microseconds=1), None),
        (SESSION, timedelta(minutes=15), "session_idle"),
        (replace(SESSION, seen_at=NOW + timedelta(hours=8)), timedelta(hours=8), "session_over"),
        (replace(SESSION, seen_at=NOW + timedelta(hours=7, minutes=59)), timedelta(hours=7, minutes=59), None),
        (replace(SESSION, browser="another"), timedelta(0), "session_of_another_browser"),
        (replace(SESSION, ended_at=NOW), timedelta(0), "session_ended"),
    ],
)
def test_whether_it_can_be_used(session: Session, after: timedelta, reason: str | None) -> None:
    assert objection(session, browser="browser-hash", at=NOW + after, lifetime=LIFETIME) == reason


def test_it_ends_at_the_earlier_of_the_two() -> None:
    assert expires_at(SESSION, LIFETIME) == NOW + timedelta(minutes=15)
    late = replace(SESSION, seen_at=NOW + timedelta(hours=7, minutes=50))
    assert expires_at(late, LIFETIME) == NOW + timedelta(hours=8)


def test_it_is_touched_at_most_once_a_minute() -> None:
    assert not needs_touch(SESSION, NOW + timedelta(seconds=59))
    assert needs_touch(SESSION, NOW + timedelta(seconds=60))


def test_it_prints_neither_cookie() -> None:
    assert "secret-hash" not in repr(SESSION)
    assert "browser-hash" not in repr(SESSION)
