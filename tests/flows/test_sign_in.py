"""A person signs in: the first time, the next time, and as surely as the agency needs."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from gateway.errors import StepRefused
from gateway.flows.stage_view import (
    ChooseRegion,
    Finished,
    Link,
    Matched,
    Mismatched,
    Over,
    Redirect,
    StepUpNeeded,
    ToBeDecided,
)
from gateway.identity.region import Region
from gateway.oidc.permission import Permission
from gateway.ports.person_steps import Missing
from gateway.ports.regions import Errand
from tests.fakes.resident_regions import HARD_TO_TELL, SOMEBODY_ELSE
from tests.fakes.resident_world import BROWSER, PHONE, REQUEST, World, make_world, parameters

HK, MO, GD = Region.HONG_KONG, Region.MACAU, Region.GUANGDONG
PLAIN = replace(REQUEST, claims={})


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = make_world(f"sqlite:///{tmp_path / 'gateway.db'}")
    yield made
    made.engine.dispose()


def begin(world: World) -> str:
    return world.sign_ins.begin(BROWSER, locale="en").sign_in


def test_the_first_time_two_accounts_are_compared_and_bound_by_the_persons_own_word(world: World) -> None:
    sign_in = begin(world)
    assert isinstance(world.view(sign_in), ChooseRegion)
    world.go(sign_in)
    assert isinstance(world.view(sign_in), Link)
    world.link(sign_in)
    matched = world.view(sign_in)
    assert isinstance(matched, Matched)
    assert "travel_document" in matched.kept
    assert world.links.list("nobody") == ()
    done = world.bind(sign_in)
    assert done.session is not None
    assert isinstance(world.view(sign_in), Finished)
    who = world.sessions.current(done.session, BROWSER)
    assert who is not None
    assert (who.home, who.acr) == (HK, "urn:gba:acr:3")
    assert len(world.links.list(who.account)) == 1


def test_the_next_time_the_region_of_home_is_enough_and_no_attribute_is_asked_for(world: World) -> None:
    account = world.account(world.bound())
    again = world.go(begin(world))
    assert again.session is not None
    assert world.account(again.session) == account
    assert [trip.errand for trip in world.regions[HK].trips] == [Errand.IDENTIFY, Errand.AUTHENTICATE]


def test_on_a_known_browser_an_unbound_person_is_identified_at_home_and_goes_on_to_guangdong_at_once(
    world: World,
) -> None:
    world.bound()
    world.regions[HK].subject = "openid-of-another"
    world.regions[GD].subject = "gd-of-another"
    sign_in = begin(world)
    world.go(sign_in)
    assert isinstance(world.view(sign_in), Link)
    first = world.sign_ins.link(sign_in, BROWSER, locale="en", user_agent=PHONE)
    assert isinstance(first, Redirect)
    assert first.url.startswith("https://HK")
    second = world.back(HK)
    assert isinstance(second, Redirect)
    assert second.url.startswith("https://CN-44")
    world.back(GD)
    assert isinstance(world.view(sign_in), Matched)


def test_what_nobody_decided_in_its_time_may_be_tried_anew(world: World) -> None:
    world.regions[GD].attributes = HARD_TO_TELL
    sign_in = begin(world)
    world.go(sign_in)
    world.link(sign_in)
    lifetime = world.equipment.settings.review_lifetime.total_seconds()
    for seconds, then in ((lifetime - 1, ToBeDecided), (1, Link)):
        world.clock.passes(seconds=seconds)
        again = begin(world)
        world.go(again)
        assert isinstance(world.view(again), then)


def test_the_record_that_is_asked_for_afterwards_is_that_of_who_signed_in(world: World) -> None:
    world.bound()
    world.regions[HK].subject = "openid-of-another"
    sign_in = begin(world)
    world.go(sign_in)
    world.sign_ins.link(sign_in, BROWSER, locale="en", user_agent=PHONE)
    world.regions[HK].subject = "openid-of-a-third"
    world.back(HK)
    shown = world.view(sign_in)
    assert isinstance(shown, Link)
    assert shown.problem == "another_person"


def test_records_that_contradict_bind_nothing_and_keep_nothing(world: World) -> None:
    world.regions[GD].attributes = SOMEBODY_ELSE
    sign_in = begin(world)
    world.go(sign_in)
    world.link(sign_in)
    shown = world.view(sign_in)
    assert isinstance(shown, Mismatched)
    assert "birth_date_differs" in shown.reasons
    with world.open_work(write=False) as work:
        parked = work.sign_ins.find(sign_in)
    assert parked is not None
    assert parked.guangdong is None


@pytest.mark.parametrize("method", ["L0", "L1", "L2"])
def test_a_record_that_a_person_only_says_of_themselves_binds_nothing_by_rule(world: World, method: str) -> None:
    world.regions[GD].method = method
    sign_in = begin(world)
    world.go(sign_in)
    world.link(sign_in)
    shown = world.view(sign_in)
    assert isinstance(shown, ToBeDecided if method == "L0" else Matched)


def test_after_a_mismatch_one_may_try_with_another_guangdong_account(world: World) -> None:
    world.regions[GD].attributes = SOMEBODY_ELSE
    sign_in = begin(world)
    world.go(sign_in)
    world.link(sign_in)
    world.regions[GD].attributes = world.regions[HK].attributes
    world.regions[GD].attributes = replace(SOMEBODY_ELSE, birth_date=world.regions[HK].attributes.birth_date)
    world.link(sign_in)
    assert isinstance(world.view(sign_in), Matched)


def test_what_the_rule_leaves_open_a_person_decides_and_the_next_sign_in_goes_on_with_the_persons_consent(
    world: World,
) -> None:
    world.regions[GD].attributes = HARD_TO_TELL
    sign_in = begin(world)
    world.go(sign_in)
    world.link(sign_in)
    waiting = world.view(sign_in)
    assert isinstance(waiting, ToBeDecided)
    assert world.reviews.list()[0].reference == waiting.reference
    again = begin(world)
    world.go(again)
    assert isinstance(world.view(again), ToBeDecided)
    world.reviews.decide(waiting.reference, same_person=True, operator="op-1", ground="documents_seen")
    third = begin(world)
    world.go(third)
    matched = world.view(third)
    assert isinstance(matched, Matched)
    assert matched.by_operator
    done = world.bind(third)
    assert done.session is not None
    assert world.links.list(world.account(done.session))[0].method == "decided"
    with world.open_work(write=False) as work:
        closed = work.reviews.find(waiting.reference)
    assert closed is not None
    assert (closed.home, closed.guangdong) == (None, None)


def test_the_records_that_an_operator_compared_are_those_that_are_bound(world: World) -> None:
    world.regions[GD].attributes = HARD_TO_TELL
    compared = world.regions[HK].attributes
    sign_in = begin(world)
    world.go(sign_in)
    world.link(sign_in)
    world.reviews.decide(world.reviews.list()[0].reference, same_person=True, operator="op-1", ground="documents_seen")
    world.regions[HK].attributes = replace(compared, latin_name="CHAN TAI MAN PETER")
    later = begin(world)
    world.go(later)
    with world.open_work(write=False) as work:
        parked = work.sign_ins.find(later)
    assert parked is not None
    assert parked.home is not None
    assert parked.home.attributes == compared


def test_a_review_is_decided_once_and_only_on_a_known_ground(world: World) -> None:
    world.regions[GD].attributes = HARD_TO_TELL
    sign_in = begin(world)
    world.go(sign_in)
    world.link(sign_in)
    shown = world.view(sign_in)
    assert isinstance(shown, ToBeDecided)
    with pytest.raises(StepRefused, match="review_ground_unknown"):
        world.reviews.decide(shown.reference, same_person=True, operator="op-1", ground="feels_right")
    world.reviews.decide(shown.reference, same_person=False, operator="op-1", ground="records_differ")
    with pytest.raises(StepRefused, match="review_decided"):
        world.reviews.decide(shown.reference, same_person=True, operator="op-2", ground="documents_seen")
    again = begin(world)
    world.go(again)
    told = world.view(again)
    assert isinstance(told, Mismatched)
    assert "decided_by_operator" in told.reasons


def test_declining_to_bind_tells_the_agency_and_keeps_nothing(world: World) -> None:
    sign_in = world.asked(PLAIN)
    world.go(sign_in)
    world.link(sign_in)
    told = parameters(world.sign_ins.bind(sign_in, BROWSER, world.answer(sign_in, agree=False)))
    assert (told["error"], told["error_description"]) == ("access_denied", "binding_declined")
    assert told["state"] == "a-state"
    with world.open_work(write=False) as work:
        parked = work.sign_ins.find(sign_in)
    assert parked is not None
    assert (parked.home, parked.guangdong) == (None, None)


def test_who_declines_what_an_operator_decided_leaves_no_records_behind(world: World) -> None:
    world.regions[GD].attributes = HARD_TO_TELL
    sign_in = begin(world)
    world.go(sign_in)
    world.link(sign_in)
    world.reviews.decide(world.reviews.list()[0].reference, same_person=True, operator="op-1", ground="documents_seen")
    world.go(again := begin(world))
    world.sign_ins.bind(again, BROWSER, world.answer(again, agree=False))
    assert [(one.home, one.guangdong) for one in world.reviews.list(open_only=False)] == [(None, None)]
    assert [event.reason for event in world.journal.events if event.kind == "review.closed"] == ["declined"]


def test_an_agency_gets_a_code_when_nothing_is_left_to_ask(world: World) -> None:
    sign_in = world.asked(PLAIN)
    world.go(sign_in)
    world.link(sign_in)
    done = world.bind(sign_in)
    assert parameters(done)["code"]
    assert done.session is not None


def test_with_a_live_session_and_nothing_to_ask_the_agency_is_answered_at_once(world: World) -> None:
    cookie = world.bound()
    granted = world.begin(PLAIN, session=cookie)
    assert isinstance(granted, Permission)
    assert granted.account == world.account(cookie)


@pytest.mark.parametrize("prompt", [frozenset({"none"})])
def test_a_silent_request_is_told_what_is_missing(world: World, prompt: frozenset[str]) -> None:
    silent = replace(REQUEST, prompt=prompt)
    missing = world.begin(silent, session=None)
    assert missing == Missing(code="login_required", reason="prompt_none")
    missing = world.begin(silent, session=world.bound())
    assert missing == Missing(code="consent_required", reason="prompt_none")


def test_prompt_login_and_max_age_ask_for_a_fresh_sign_in(world: World) -> None:
    cookie = world.bound()
    for request in (replace(PLAIN, prompt=frozenset({"login"})), replace(PLAIN, max_age=60)):
        world.clock.passes(minutes=2)
        sign_in = world.asked(request, cookie)
        assert isinstance(world.view(sign_in), ChooseRegion)
        assert parameters(world.go(sign_in))["code"]


@pytest.mark.parametrize(
    ("wish", "oldest"),
    [
        ({"prompt": frozenset({"login"})}, timedelta()),
        ({"max_age": 60}, timedelta(seconds=60)),
        ({"prompt": frozenset({"select_account"}), "max_age": 60}, timedelta()),
        ({}, None),
    ],
)
def test_a_region_is_told_how_old_a_sign_in_the_agency_lets_it_bring(
    world: World, wish: dict[str, object], oldest: timedelta | None
) -> None:
    world.go(world.asked(replace(REQUEST, **wish)))
    assert world.regions[Region.HONG_KONG].trips[-1].max_age == oldest


def test_a_request_for_another_person_is_refused_after_a_fresh_sign_in(world: World) -> None:
    cookie = world.bound()
    sign_in = world.asked(replace(PLAIN, hinted_subject="somebody-else"), cookie)
    told = parameters(world.go(sign_in))
    assert (told["error"], told["error_description"]) == ("login_required", "another_person")


def test_a_session_of_another_browser_does_not_count(world: World) -> None:
    cookie = world.bound()
    assert world.sessions.current(cookie, "another browser") is None
    started = world.begin(PLAIN, browser="another browser", session=cookie)
    assert not isinstance(started, Permission)


def test_a_level_that_a_stronger_sign_in_could_reach_is_asked_for_and_reached(world: World) -> None:
    world.regions[MO].method = "password"  # level 2
    cookie = world.bound(MO)
    sign_in = world.asked(replace(PLAIN, acr_values=("urn:gba:acr:3",)), cookie)
    shown = world.view(sign_in)
    assert isinstance(shown, StepUpNeeded)
    assert (shown.reached, shown.needed) == ("urn:gba:acr:2", "urn:gba:acr:3")
    world.sign_ins.proceed(sign_in, BROWSER, locale="en", user_agent=PHONE)
    assert world.regions[MO].trips[-1].errand is Errand.CONFIRM
    assert parameters(world.back(MO))["code"]
    who = world.sessions.current(cookie, BROWSER)
    assert who is not None
    assert who.acr == "urn:gba:acr:3"


def test_a_level_that_no_sign_in_reaches_is_refused_in_the_standards_words(world: World) -> None:
    cookie = world.bound()
    sign_in = world.asked(replace(PLAIN, acr_values=("urn:gba:acr:4",)), cookie)
    over = world.view(sign_in)
    assert isinstance(over, Over)
    assert over.answer is not None
    assert dict(over.answer.parameters)["error"] == "unmet_authentication_requirements"


def test_a_stronger_sign_in_must_be_of_the_same_person(world: World) -> None:
    world.regions[MO].method = "password"
    cookie = world.bound(MO)
    sign_in = world.asked(replace(PLAIN, acr_values=("urn:gba:acr:3",)), cookie)
    world.sign_ins.proceed(sign_in, BROWSER, locale="en", user_agent=PHONE)
    world.regions[MO].subject = "mo-somebody-else"
    world.back(MO)
    shown = world.view(sign_in)
    assert isinstance(shown, StepUpNeeded)
    assert shown.problem == "another_person"
