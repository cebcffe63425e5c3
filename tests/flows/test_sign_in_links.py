"""Bindings and sessions: one of each promised kind, undone by the person, never printed."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from msgspec.structs import replace

from gateway.errors import NotFound
from gateway.flows.stage_view import (
    ToBeDecided,
)
from gateway.identity.region import Region
from tests.fakes.resident_regions import PERSONAL
from tests.fakes.resident_world import BROWSER, PHONE, REQUEST, World, make_world

HK, MO, GD = Region.HONG_KONG, Region.MACAU, Region.GUANGDONG
PLAIN = replace(REQUEST, claims={})


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = make_world(f"sqlite:///{tmp_path / 'gateway.db'}")
    yield made
    made.engine.dispose()


def begin(world: World) -> str:
    return world.sign_ins.begin(BROWSER, locale="en").sign_in


@pytest.mark.postgres
def test_fifty_first_sign_ins_at_once_make_one_binding_on_postgresql(empty_postgres_url: str) -> None:
    made = make_world(empty_postgres_url)
    try:
        fifty_at_once_make_one(made)
    finally:
        made.engine.dispose()


def test_fifty_first_sign_ins_at_once_make_one_binding(world: World) -> None:
    fifty_at_once_make_one(world)


def fifty_at_once_make_one(world: World) -> None:
    sign_ins = []
    for _ in range(50):
        sign_in = begin(world)
        world.go(sign_in)
        world.link(sign_in)
        sign_ins.append((sign_in, world.answer(sign_in)))
    with ThreadPoolExecutor(8) as pool:
        done = list(pool.map(lambda one: world.sign_ins.bind(one[0], BROWSER, one[1]), sign_ins))
    accounts = {world.account(one.session) for one in done if one.session is not None}
    assert len(done) == 50
    assert len(accounts) == 1
    assert len(world.links.list(accounts.pop())) == 1


def test_an_undone_link_ends_every_session_and_binding_again_keeps_the_account(world: World) -> None:
    cookie = world.bound()
    account = world.account(cookie)
    world.links.undo(account, world.links.list(account)[0].id)
    world.links.undo(account, world.links.list(account)[0].id)
    assert world.sessions.current(cookie, BROWSER) is None
    line = world.links.list(account)[0]
    assert (line.ended, line.kept) == ("undone", ())
    assert world.account(world.bound_again()) == account
    assert [one.ended for one in world.links.list(account)] == [None, "undone"]


def test_nobody_undoes_the_link_of_another(world: World) -> None:
    account = world.account(world.bound())
    with pytest.raises(NotFound, match="link_unknown"):
        world.links.undo("1.somebody-else-entirely", world.links.list(account)[0].id)


def test_a_person_known_to_home_under_a_new_name_keeps_the_account_and_the_old_link_is_superseded(
    world: World,
) -> None:
    account = world.account(world.bound())
    world.regions[HK].subject = "openid-after-registering-anew"
    assert world.account(world.bound_again()) == account
    assert [one.ended for one in world.links.list(account)] == [None, "superseded"]


def test_a_guangdong_account_of_somebody_who_has_an_account_here_is_for_a_person_to_look_at(world: World) -> None:
    world.bound()
    world.regions[HK].subject, world.regions[GD].subject = "openid-b", "gd-b"
    world.bound_again()
    world.regions[GD].subject = "gd-chan"
    # openid-b undoes its link and now comes with the Guangdong account of the first person
    account = world.account(world.go(begin(world)).session or "")
    world.links.undo(account, world.links.list(account)[0].id)
    sign_in = begin(world)
    world.go(sign_in)
    world.sign_ins.link(sign_in, BROWSER, locale="en", user_agent=PHONE)
    world.back(HK)
    world.back(GD)
    shown = world.view(sign_in)
    assert isinstance(shown, ToBeDecided)
    assert "guangdong_account_bound_elsewhere" in shown.reasons


def test_sessions_end_idle_at_last_and_by_word(world: World) -> None:
    cookie = world.bound()
    world.clock.passes(minutes=14)
    assert world.sessions.current(cookie, BROWSER) is not None
    world.clock.passes(minutes=14)
    assert world.sessions.current(cookie, BROWSER) is not None
    world.clock.passes(minutes=16)
    assert world.sessions.current(cookie, BROWSER) is None
    other = world.go(begin(world)).session
    assert other is not None
    for _ in range(60):
        world.clock.passes(minutes=8, seconds=1)
        world.sessions.current(other, BROWSER)
    assert world.sessions.current(other, BROWSER) is None
    third = world.go(begin(world)).session
    world.sessions.sign_out(third)
    world.sessions.sign_out(third)
    assert world.sessions.current(third, BROWSER) is None


def test_a_person_sees_and_ends_their_sessions_elsewhere(world: World) -> None:
    first = world.bound()
    second = world.go(begin(world)).session
    who = world.sessions.current(second, BROWSER)
    assert who is not None
    lines = world.sessions.list(who)
    assert [line.is_this_one for line in lines].count(True) == 1
    other = next(line for line in lines if not line.is_this_one)
    world.sessions.end(who, other.id)
    assert world.sessions.current(first, BROWSER) is None
    with pytest.raises(NotFound, match="session_unknown"):
        world.sessions.end(replace(who, account="1.somebody-else-entirely"), other.id)


def test_neither_tables_nor_audit_nor_repr_show_personal_data(world: World, tmp_path: Path) -> None:
    cookie = world.bound()
    sign_in = world.asked(REQUEST, cookie)
    shown = [repr(world.view(sign_in)), repr(world.links.list(world.account(cookie))), repr(world.journal.events)]
    with world.open_work(write=False) as work:
        shown += [repr(work.sign_ins.find(sign_in)), repr(work.bindings.of_account(world.account(cookie)))]
    world.engine.dispose()
    stored = b"".join(path.read_bytes() for path in tmp_path.glob("gateway.db*")).decode("utf-8", "replace")
    for datum in PERSONAL:
        assert datum not in stored, datum
        assert all(datum not in text for text in shown), datum
    assert cookie not in stored


def test_everything_that_touches_identity_is_on_the_audit_trail(world: World) -> None:
    account = world.account(world.bound())
    kinds = {event.kind for event in world.journal.events}
    assert kinds >= {"region.asserted", "binding.compared", "binding.made", "consent.given", "session.started"}
    world.links.undo(account, world.links.list(account)[0].id)
    assert {event.kind for event in world.journal.events} >= {"binding.undone", "consent.withdrawn"}
