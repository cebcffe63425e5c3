"""A value that was fetched stays for its life, outlives an outage, and a slow party holds up nobody."""

import threading
from datetime import timedelta

import pytest

from gateway.errors import RegionUnavailable
from gateway.regions.kept import Kept
from tests.fakes.outside import SetClock

LIVE, RETRY = timedelta(minutes=10), timedelta(seconds=30)


class Source:
    def __init__(self) -> None:
        self.asked = 0
        self.down = False
        self.gate: threading.Event | None = None

    def __call__(self) -> object:
        self.asked += 1
        if self.gate is not None:
            self.gate.wait(5)
        if self.down:
            raise RegionUnavailable("no_answer", region="MO")
        return object()


def kept(source: Source, clock: SetClock) -> Kept[object]:
    return Kept(source, clock=clock, live=LIVE, retry_after=RETRY)


def test_it_is_fetched_once_in_its_life() -> None:
    source, clock = Source(), SetClock()
    value = kept(source, clock)
    assert value() is value()
    clock.move(LIVE)
    value()
    assert source.asked == 2


def test_it_outlives_an_outage_and_is_asked_for_again_after_a_while() -> None:
    source, clock = Source(), SetClock()
    value = kept(source, clock)
    first = value()
    source.down = True
    clock.move(LIVE)
    assert value() is first
    assert value() is first
    assert source.asked == 2
    source.down = False
    clock.move(RETRY)
    assert value() is not first


def test_without_a_value_the_failure_is_passed_on() -> None:
    source = Source()
    source.down = True
    with pytest.raises(RegionUnavailable):
        kept(source, SetClock())()


def test_nobody_who_has_a_value_waits_for_a_slow_party() -> None:
    source, clock = Source(), SetClock()
    value = kept(source, clock)
    first = value()
    clock.move(LIVE)
    source.gate = threading.Event()
    fetching = threading.Thread(target=value)
    fetching.start()
    while source.asked < 2:
        pass
    assert value() is first
    source.gate.set()
    fetching.join()
    assert value() is not first


def test_who_has_none_does_not_wait_for_what_another_asked() -> None:
    """On the thread that reads requests that would hold up everybody, and no call of its own would tell it so."""
    source, clock = Source(), SetClock()
    value = kept(source, clock)
    source.gate = gate = threading.Event()
    fetching = threading.Thread(target=value)
    fetching.start()
    while source.asked < 1:
        pass
    source.gate = None
    assert value() is value()
    assert source.asked == 2
    gate.set()
    fetching.join()


def test_a_newer_one_is_asked_for_within_a_budget() -> None:
    source, clock = Source(), SetClock()
    value = kept(source, clock)
    first = value()
    assert value.again(first) is first
    clock.move(RETRY)
    second = value.again(first)
    assert second is not first
    assert value.again(first) is second
