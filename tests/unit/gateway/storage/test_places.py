"""Places are given in the order in which threads came, and nobody waits for themselves."""

from threading import Thread
from time import sleep

import pytest

from gateway.storage.places import Places


def test_a_unit_inside_a_unit_needs_no_second_place() -> None:
    places = Places(1)
    places.take()
    places.take(longest=0.01)
    places.give_back()
    places.give_back()
    places.take(longest=0.01)


def test_who_has_the_turn_to_write_needs_no_place_nor_what_is_inside() -> None:
    places = Places(0)
    places.take(has_turn=True)
    places.take(longest=0.01)
    places.give_back()
    places.give_back()
    with pytest.raises(TimeoutError):
        places.take(longest=0.01)


def test_whoever_came_first_is_next_even_before_who_gave_back() -> None:
    places, order = Places(1), list[str]()
    places.take()

    def wait() -> None:
        places.take(longest=30)
        order.append("waited")
        places.give_back()

    thread = Thread(target=wait)
    thread.start()
    while not places._queue:  # whoever has only set out does not wait yet
        sleep(0.001)
    places.give_back()
    places.take(longest=30)
    order.append("came again")
    thread.join()
    assert order == ["waited", "came again"]


def test_who_waits_too_long_is_told_and_takes_nothing() -> None:
    places, told = Places(1), list[str]()
    places.take()

    def wait() -> None:
        with pytest.raises(TimeoutError) as refused:
            places.take(longest=0.01)
        told.append(str(refused.value))

    thread = Thread(target=wait)
    thread.start()
    thread.join()
    assert told == ["database_busy"]
    places.give_back()
    places.take(longest=0.01)
