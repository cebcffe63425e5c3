"""The bucket of requests: full for a minute, then steady."""

from datetime import UTC, datetime, timedelta

from gateway.oidc.rate_limit import Bucket, take

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def test_a_full_bucket_serves_a_minutes_worth_at_once() -> None:
    bucket: Bucket | None = None
    for _ in range(60):
        bucket, again = take(bucket, per_minute=60, at=NOW)
        assert again is None
    _, again = take(bucket, per_minute=60, at=NOW)
    assert again == 1


def test_it_fills_steadily_and_never_above_its_brim() -> None:
    empty = Bucket(0, NOW)
    assert take(empty, per_minute=6, at=NOW + timedelta(seconds=9))[1] == 1
    assert take(empty, per_minute=6, at=NOW + timedelta(seconds=10))[1] is None
    full, _ = take(empty, per_minute=6, at=NOW + timedelta(days=1))
    assert full.drops == 5


def test_a_clock_that_goes_back_gives_and_takes_nothing() -> None:
    assert take(Bucket(2, NOW), per_minute=6, at=NOW - timedelta(hours=1))[0].drops == 1
