"""A person signs in: the first time, the next time, and when something gets in between."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from gateway.errors import AssertionRejected, NotFound, StepRefused
from gateway.flows.sign_in import AnswerGiven
from gateway.flows.stage_view import (
    Answer,
    Away,
    ChooseRegion,
    ClaimsQuestion,
    Finished,
    Link,
    Matched,
    Mismatched,
    Over,
    Redirect,
    Stay,
    StepUpNeeded,
    ToBeDecided,
    Waiting,
)
from gateway.identity.region import Region
from gateway.oidc.permission import Permission
from gateway.ports.person_steps import Missing
from gateway.ports.regions import Errand
from tests.fakes.resident_world import (
    AGENCY,
    BROWSER,
    HARD_TO_TELL,
    PERSONAL,
    PHONE,
    REQUEST,
    SOMEBODY_ELSE,
    World,
    make_world,
    parameters,
)

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


def test_an_agency_gets_a_code_when_nothing_is_left_to_ask(world: World) -> None:
    sign_in = world.asked(PLAIN)
    world.go(sign_in)
    world.link(sign_in)
    done = world.bind(sign_in)
    assert parameters(done)["code"]
    assert done.session is not None


def test_with_a_live_session_and_nothing_to_ask_the_agency_is_answered_at_once(world: World) -> None:
    cookie = world.bound()
    granted = world.steps.begin(PLAIN, browser=BROWSER, session=cookie)
    assert isinstance(granted, Permission)
    assert granted.account == world.account(cookie)


@pytest.mark.parametrize("prompt", [frozenset({"none"})])
def test_a_silent_request_is_told_what_is_missing(world: World, prompt: frozenset[str]) -> None:
    silent = replace(REQUEST, prompt=prompt)
    missing = world.steps.begin(silent, browser=BROWSER, session=None)
    assert missing == Missing(code="login_required", reason="prompt_none")
    missing = world.steps.begin(silent, browser=BROWSER, session=world.bound())
    assert missing == Missing(code="consent_required", reason="prompt_none")


def test_prompt_login_and_max_age_ask_for_a_fresh_sign_in(world: World) -> None:
    cookie = world.bound()
    for request in (replace(PLAIN, prompt=frozenset({"login"})), replace(PLAIN, max_age=60)):
        world.clock.passes(minutes=2)
        sign_in = world.asked(request, cookie)
        assert isinstance(world.view(sign_in), ChooseRegion)
        assert parameters(world.go(sign_in))["code"]


def test_a_request_for_another_person_is_refused_after_a_fresh_sign_in(world: World) -> None:
    cookie = world.bound()
    sign_in = world.asked(replace(PLAIN, hinted_subject="somebody-else"), cookie)
    told = parameters(world.go(sign_in))
    assert (told["error"], told["error_description"]) == ("login_required", "another_person")


def test_a_session_of_another_browser_does_not_count(world: World) -> None:
    cookie = world.bound()
    assert world.sessions.current(cookie, "another browser") is None
    started = world.steps.begin(PLAIN, browser="another browser", session=cookie)
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
    world.sign_ins.resume(sign_in, BROWSER)
    assert isinstance(world.view(sign_in), Link)


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


def test_a_platform_that_does_not_echo_the_state_finds_the_browsers_own_departure(world: World) -> None:
    sign_in = begin(world)
    world.sign_ins.choose_region(sign_in, BROWSER, region="HK", locale="en", user_agent=PHONE)
    assert isinstance(world.sign_ins.arrive("HK", {"code": "c"}, BROWSER), Stay)
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
    fresh = make_world(str(world.engine.url))
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


def test_fifty_first_sign_ins_at_once_make_one_binding(world: World) -> None:
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
    assert world.housekeeping().sign_ins == 2
    with pytest.raises(NotFound):
        world.view(sign_in)


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
