"""Two tabs, late callbacks, a restart, another browser: nothing finished is lost, nobody else gets in."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from msgspec.structs import replace

from gateway.errors import AssertionRejected, NotFound, StepRefused
from gateway.flows.sign_in import AnswerGiven
from gateway.flows.stage_view import (
    Answer,
    Away,
    ChooseRegion,
    ClaimsQuestion,
    Link,
    Matched,
    Over,
    Redirect,
    Stay,
    Waiting,
)
from gateway.identity.region import Region
from gateway.storage.sign_ins import SqlSignIns
from gateway.storage.tables_residents import sessions, sign_ins
from tests.fakes.resident_world import AGENCY, BROWSER, PHONE, REQUEST, World, make_world, parameters

HK, MO, GD = Region.HONG_KONG, Region.MACAU, Region.GUANGDONG
PLAIN = replace(REQUEST, claims={})


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = make_world(f"sqlite:///{tmp_path / 'gateway.db'}")
    yield made
    made.engine.dispose()


def begin(world: World) -> str:
    return world.sign_ins.begin(BROWSER, locale="en").sign_in


def test_an_answer_that_comes_from_server_to_server_is_waited_for(world: World) -> None:
    world.regions[HK].way = "wait"
    sign_in = begin(world)
    assert isinstance(world.go(sign_in), Stay)
    shown = world.view(sign_in)
    assert isinstance(shown, Waiting)
    assert not shown.ready
    assert isinstance(world.sign_ins.resume(sign_in, BROWSER), Stay)
    world.sign_ins.receive("HK", "profile", {}, world.regions[HK].trips[-1].state.encode())
    shown = world.view(sign_in)
    assert isinstance(shown, Waiting)
    assert shown.ready
    state = world.regions[HK].trips[-1].state
    world.sign_ins.resume(sign_in, BROWSER)
    assert isinstance(world.view(sign_in), Link)
    with world.open_work(write=False) as work:
        assert work.sign_ins.delivery(state) is None  # read, and gone


def test_a_delivery_that_comes_before_we_know_that_we_wait_is_not_lost(world: World) -> None:
    world.regions[HK].way, world.regions[HK].delivers_early = "wait", True
    sign_in = begin(world)
    world.go(sign_in)
    assert isinstance(world.view(sign_in), Link)


def test_a_delivery_for_nobody_is_refused(world: World) -> None:
    with pytest.raises(NotFound, match="departure_unknown"):
        world.sign_ins.receive("HK", "profile", {}, b"no-such-state")
    with pytest.raises(NotFound, match="region_not_offered"):
        world.sign_ins.receive("XX", "profile", {}, b"")


def test_a_second_leg_sends_the_person_out_once_more(world: World) -> None:
    world.regions[HK].way = "second_leg"
    sign_in = begin(world)
    out = world.go(sign_in)
    assert isinstance(out, Redirect)
    assert out.url.endswith("/second")
    world.back(HK)
    assert isinstance(world.view(sign_in), Link)


def test_a_region_that_does_not_answer_leaves_the_person_where_they_were_with_the_reason(world: World) -> None:
    world.regions[HK].unreachable = True
    sign_in = begin(world)
    stay = world.sign_ins.choose_region(sign_in, BROWSER, region="HK", locale="en", user_agent=PHONE)
    assert isinstance(stay, Stay)
    shown = world.view(sign_in)
    assert isinstance(shown, ChooseRegion)
    assert shown.problem == "unreachable"
    world.regions[HK].unreachable = False
    world.go(sign_in)
    assert isinstance(world.view(sign_in), Link)


def test_cancelling_at_the_region_or_an_answer_that_does_not_hold_leads_back_to_the_choice(world: World) -> None:
    sign_in = begin(world)
    world.sign_ins.choose_region(sign_in, BROWSER, region="HK", locale="en", user_agent=PHONE)
    world.back(HK, error="access_denied")
    shown = world.view(sign_in)
    assert isinstance(shown, ChooseRegion)
    assert shown.problem == "cancelled"
    world.regions[HK].fails = AssertionRejected("signature_wrong", region="HK")
    world.go(sign_in)
    shown = world.view(sign_in)
    assert isinstance(shown, ChooseRegion)
    assert shown.problem == "signature_wrong"


def test_a_method_that_nobody_has_graded_is_not_believed(world: World) -> None:
    world.regions[HK].method = "telepathy"
    sign_in = begin(world)
    world.go(sign_in)
    shown = world.view(sign_in)
    assert isinstance(shown, ChooseRegion)
    assert shown.problem == "method_not_graded"


def test_a_callback_that_comes_twice_changes_nothing(world: World) -> None:
    sign_in = begin(world)
    world.go(sign_in)
    assert isinstance(world.back(HK), Stay)
    assert isinstance(world.view(sign_in), Link)


def test_a_callback_in_another_browser_is_unknown(world: World) -> None:
    sign_in = begin(world)
    world.sign_ins.choose_region(sign_in, BROWSER, region="HK", locale="en", user_agent=PHONE)
    with pytest.raises(NotFound, match="departure_unknown"):
        world.back(HK, browser="a browser that was sent the link")
    assert isinstance(world.view(sign_in), Away)
    assert isinstance(world.back(HK), Stay)


def test_another_browser_cannot_see_or_move_a_sign_in(world: World) -> None:
    sign_in = begin(world)
    with pytest.raises(NotFound, match="sign_in_unknown"):
        world.view(sign_in, browser="another")
    with pytest.raises(NotFound, match="sign_in_unknown"):
        world.sign_ins.cancel(sign_in, "another")
    with pytest.raises(NotFound, match="sign_in_unknown"):
        world.view("no-such-sign-in")


def test_a_return_without_a_state_leads_to_the_browsers_own_departure_and_uses_up_nothing(world: World) -> None:
    sign_in = begin(world)
    world.sign_ins.choose_region(sign_in, BROWSER, region="HK", locale="en", user_agent=PHONE)
    anothers = world.sign_ins.arrive("HK", {"code": "of-another-person"}, BROWSER)  # sent here by another site
    assert (anothers.sign_in, type(world.view(sign_in))) == (sign_in, Away)
    world.back(Region.HONG_KONG)
    assert isinstance(world.view(sign_in), Link)


def test_binding_twice_from_two_tabs_binds_once_and_leads_both_to_the_same_answer(world: World) -> None:
    sign_in = world.asked(PLAIN)
    world.go(sign_in)
    world.link(sign_in)
    answer = world.answer(sign_in)
    first = world.sign_ins.bind(sign_in, BROWSER, answer)
    second = world.sign_ins.bind(sign_in, BROWSER, answer)
    assert isinstance(first, Answer)
    assert isinstance(second, Answer)
    assert first.response == second.response
    assert second.session is None


def test_agreeing_to_a_text_that_is_not_the_one_that_holds_agrees_to_nothing(world: World) -> None:
    sign_in = begin(world)
    world.go(sign_in)
    world.link(sign_in)
    stay = world.sign_ins.bind(sign_in, BROWSER, AnswerGiven(agree=True, shown="sha256:other", locale="en"))
    assert isinstance(stay, Stay)
    shown = world.view(sign_in)
    assert isinstance(shown, Matched)
    assert shown.problem == "text_changed"


def test_a_restart_in_the_middle_loses_nothing(world: World, tmp_path: Path) -> None:
    sign_in = world.asked(REQUEST)
    world.go(sign_in)
    after = make_world_again(world)
    assert isinstance(after.view(sign_in), Link)
    after.link(sign_in)
    again = make_world_again(after)
    again.bind(sign_in)
    assert isinstance(make_world_again(again).view(sign_in), ClaimsQuestion)


def make_world_again(world: World) -> World:
    """The same database and keys, everything else new."""
    fresh = make_world(str(world.engine.url), is_new=False)
    world.engine.dispose()
    fresh.vault.key = world.vault.key
    numbers = fresh.equipment.new_token

    def new_token(start: str = f"after-{id(fresh)}") -> str:
        return f"{start}-{numbers()}"[-40:]

    return fresh.configured(new_token=new_token)


def test_an_expired_sign_in_says_so_and_starts_anew_with_the_agencys_request(world: World) -> None:
    sign_in = world.asked(PLAIN)
    world.clock.passes(minutes=31)
    over = world.view(sign_in)
    assert isinstance(over, Over)
    assert (over.reason, over.restartable) == ("sign_in_expired", True)
    with pytest.raises(StepRefused, match="sign_in_expired"):
        world.sign_ins.choose_region(sign_in, BROWSER, region="HK", locale="en", user_agent=PHONE)
    anew = world.sign_ins.restart(sign_in, BROWSER)
    assert isinstance(anew, Stay)
    shown = world.view(anew.sign_in)
    assert isinstance(shown, ChooseRegion)
    assert shown.asker is not None
    assert shown.asker.client == AGENCY.id


def test_a_callback_after_the_time_is_over_signs_nobody_in(world: World) -> None:
    sign_in = begin(world)
    world.sign_ins.choose_region(sign_in, BROWSER, region="HK", locale="en", user_agent=PHONE)
    world.clock.passes(minutes=31)
    assert isinstance(world.back(HK), Stay)
    assert isinstance(world.view(sign_in), Over)


def test_cancelling_tells_the_agency_that_access_was_denied_once(world: World) -> None:
    sign_in = world.asked(PLAIN)
    first, second = world.sign_ins.cancel(sign_in, BROWSER), world.sign_ins.cancel(sign_in, BROWSER)
    assert parameters(first)["error"] == "access_denied"
    assert parameters(first) == parameters(second)
    assert isinstance(world.sign_ins.restart(sign_in, BROWSER), Answer)


def test_housekeeping_forgets_what_was_learnt_and_keeps_the_request_for_a_day(world: World) -> None:
    sign_in = world.asked(PLAIN)
    world.go(sign_in)
    world.clock.passes(minutes=31)
    world.housekeeping()
    with world.open_work(write=False) as work:
        kept = work.sign_ins.find(sign_in)
    assert kept is not None
    assert kept.home is None
    assert isinstance(world.sign_ins.restart(sign_in, BROWSER), Stay)
    world.clock.now += timedelta(days=2)
    assert world.housekeeping().sign_ins == 1  # the first; the second is closed, and kept for its day
    world.clock.now += timedelta(days=2)
    assert world.housekeeping().sign_ins == 1
    with pytest.raises(NotFound):
        world.view(sign_in)


def test_who_acted_while_housekeeping_looked_has_not_run_out_of_time(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_in = world.asked(PLAIN)
    with world.open_work(write=False) as work:
        as_it_was = work.sign_ins.find(sign_in)
    world.go(sign_in)
    monkeypatch.setattr(SqlSignIns, "expired", lambda *_, **__: (as_it_was,))
    before = len(world.journal.events)
    world.housekeeping()
    assert world.journal.events[before:] == []


def test_a_sign_in_that_opens_no_more_keeps_nothing_else_from_being_forgotten(world: World) -> None:
    world.bound()
    sign_in = world.asked(PLAIN)
    world.clock.now += timedelta(days=200)  # sessions are over, and remembered no more
    with world.engine.begin() as connection:
        connection.execute(sa.update(sign_ins).where(sign_ins.c.id == sign_in).values(sealed=b"damaged"))
    with pytest.raises(ValueError, match="sealed_value_changed"):
        world.housekeeping()
    with world.engine.connect() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(sessions)) == 0
