"""Whatever ends a session, the agencies that were told of it are to be told of its end, in the same transaction."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.fakes.resident_world import BROWSER, World, make_world


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = make_world(f"sqlite:///{tmp_path / 'gateway.db'}")
    yield made
    made.engine.dispose()


def undo(world: World, cookie: str) -> None:
    account = world.account(cookie)
    world.links.undo(account, world.links.list(account)[0].id)


def withdraw(world: World, cookie: str) -> None:
    account = world.account(cookie)
    world.consents.withdraw(account, world.consents.list(account)[0].id)


def sign_out(world: World, cookie: str) -> None:
    world.sessions.sign_out(cookie)


def end_it_in_the_list(world: World, cookie: str) -> None:
    who = world.sessions.current(cookie, BROWSER)
    assert who is not None
    world.sessions.end(who, who.session)


@pytest.mark.parametrize("act", [undo, withdraw, sign_out, end_it_in_the_list])
def test_each_way_to_end_a_session_queues_word_of_it(world: World, act: Callable[[World, str], None]) -> None:
    cookie = world.bound()
    who = world.sessions.current(cookie, BROWSER)
    assert who is not None
    with world.open_work(write=True) as work:
        work.logouts.remember(who.session, "kapok-bay-registry", at=world.clock())
        work.commit()
    act(world, cookie)
    with world.open_work(write=False) as work:
        [queued] = work.deliveries.list(client=None, limit=10)
    assert (queued.about, queued.client, queued.account) == (who.session, "kapok-bay-registry", who.account)
