"""How long a record waits until its sealing is tried again."""

from trust.documents.record import wait_after


def test_the_wait_doubles_from_half_a_minute_to_an_hour() -> None:
    waits = [wait_after(attempts).total_seconds() for attempts in range(9)]
    assert waits == [30, 60, 120, 240, 480, 960, 1920, 3600, 3600]
    assert wait_after(100_000).total_seconds() == 3600
