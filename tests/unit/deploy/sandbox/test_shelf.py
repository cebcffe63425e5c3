"""What is put away is found for a while, and what may be taken once is taken once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from deploy.sandbox.shelf import Shelf
from tests.fakes.outside import SetClock


def test_a_thing_is_there_for_its_time() -> None:
    clock = SetClock()
    shelf: Shelf[str] = Shelf(clock, lives=timedelta(seconds=10))
    name = shelf.put("thing")
    assert shelf.get(name) == "thing"
    clock.move(timedelta(seconds=10))
    assert shelf.get(name) is None
    assert shelf.take(name) is None


def test_of_many_who_take_at_once_one_gets_it() -> None:
    shelf: Shelf[str] = Shelf(SetClock(), lives=timedelta(minutes=1))
    name = shelf.put("thing")
    with ThreadPoolExecutor(8) as threads:
        taken = list(threads.map(shelf.take, [name] * 50))
    assert taken.count("thing") == 1


def test_an_unknown_name_is_nothing() -> None:
    assert Shelf[str](SetClock(), lives=timedelta(minutes=1)).get("x") is None
