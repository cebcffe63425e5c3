"""The biometric check: its own question, two equal answers, and a way without a face."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from gateway.flows.stage_view import CheckAnswered, CheckQuestion, Stay
from gateway.identity import receipt
from gateway.identity.consent import Kind, State
from gateway.identity.receipt import Proved
from gateway.identity.region import Region
from gateway.ports.person_steps import Missing
from gateway.ports.regions import LONGEST_BROUGHT, Errand
from tests.fakes.resident_world import AGENCY, BROWSER, CHECK, PHONE, PURPOSE, REQUEST, World, make_world, parameters

WITH_CHECK = replace(REQUEST, claims={}, authorization_details=(CHECK,), ui_locales=("en",))


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = make_world(f"sqlite:///{tmp_path / 'gateway.db'}")
    yield made
    made.engine.dispose()


def checking(world: World) -> tuple[str, str]:
    cookie = world.bound()
    return world.asked(WITH_CHECK, cookie), world.account(cookie)


def last_check(world: World, account: str) -> list[State]:
    line = next(line for line in world.consents.list(account) if line.kind is Kind.CHECK)
    return [event.state for event in world.consents.detail(account, line.id).events]


def test_the_question_is_its_own_screen_with_fifteen_clauses_in_four_languages(world: World) -> None:
    sign_in, _ = checking(world)
    shapes = set()
    for locale in ("zh-Hant", "zh-Hans", "en", "pt"):
        shown = world.view(sign_in, locale=locale)
        assert isinstance(shown, CheckQuestion)
        shapes.add(tuple((block.id, block.kind) for block in shown.notice.blocks))
        assert shown.notice.language == locale
        assert "APP-2026-7" in shown.notice.blocks[2].text
        assert set(shown.notice.answers) == {"agree", "other_way"}
    (shape,) = shapes
    assert [name for name, _ in shape] == [f"n{number}" for number in range(1, 16)]


def test_agreeing_leads_to_the_check_and_its_result_to_the_agency(world: World) -> None:
    sign_in, account = checking(world)
    world.sign_ins.answer_check(sign_in, BROWSER, world.answer(sign_in))
    answered = world.view(sign_in)
    assert isinstance(answered, CheckAnswered)
    assert (answered.agreed, answered.way) == (True, "face")
    assert isinstance(receipt.verify(world.consents.receipt(account, answered.record), world.signer.keys()), Proved)
    assert parameters(world.leave_to_check(sign_in))["code"]
    hint, application = world.face_check.asked[0]
    assert application == "APP-2026-7"
    assert hint == world.equipment.subjects.of(account, AGENCY.agency)
    assert last_check(world, account) == [State.REQUESTED, State.GIVEN, State.USED]


@pytest.mark.parametrize(("length", "arrives"), [(LONGEST_BROUGHT, True), (LONGEST_BROUGHT + 1, False)])
def test_a_result_arrives_whole_or_not_at_all(world: World, length: int, *, arrives: bool) -> None:
    sign_in, _ = checking(world)
    world.sign_ins.answer_check(sign_in, BROWSER, world.answer(sign_in))
    world.leave_to_check(sign_in, result="r" * length)
    assert world.face_check.brought == ["r" * length if arrives else ""]


def test_the_record_says_how_the_text_was_read(world: World) -> None:
    sign_in, account = checking(world)
    read_aloud = replace(world.answer(sign_in), modes=frozenset({"dark", "upside-down"}), audio_played_s=10**9)
    world.sign_ins.answer_check(sign_in, BROWSER, read_aloud)
    answered = world.view(sign_in)
    assert isinstance(answered, CheckAnswered)
    facts = world.consents.detail(account, answered.record).events[-1].facts
    assert (facts["modes"], facts["audio_played_s"]) == (["dark"], 3600)
    assert isinstance(receipt.verify(world.consents.receipt(account, answered.record), world.signer.keys()), Proved)


def test_the_other_way_works_without_a_face_and_is_told_as_such(world: World) -> None:
    sign_in, account = checking(world)
    world.sign_ins.answer_check(sign_in, BROWSER, world.answer(sign_in, agree=False))
    answered = world.view(sign_in)
    assert isinstance(answered, CheckAnswered)
    assert (answered.agreed, answered.way) == (False, "confirmation_at_home")
    assert parameters(world.leave_to_check(sign_in))["code"]
    assert world.face_check.asked == []
    assert world.regions[Region.HONG_KONG].trips[-1].errand is Errand.CONFIRM
    assert last_check(world, account) == [State.REQUESTED, State.REFUSED]


def test_what_the_agency_is_told_of_a_check(world: World) -> None:
    sign_in, _ = checking(world)
    world.sign_ins.answer_check(sign_in, BROWSER, world.answer(sign_in, agree=False))
    world.leave_to_check(sign_in)
    granted = [event for event in world.journal.events if event.kind == "check.done"]
    assert [(event.outcome, event.reason) for event in granted] == [("passed", "confirmation_at_home")]


def test_a_face_that_does_not_match_is_not_the_end(world: World) -> None:
    world.face_check.passes = False
    sign_in, account = checking(world)
    world.sign_ins.answer_check(sign_in, BROWSER, world.answer(sign_in))
    assert isinstance(world.leave_to_check(sign_in), Stay)
    shown = world.view(sign_in)
    assert isinstance(shown, CheckAnswered)
    assert (shown.problem, shown.way) == ("face_not_matched", "confirmation_at_home")
    assert parameters(world.leave_to_check(sign_in))["code"]
    assert last_check(world, account) == [State.REQUESTED, State.GIVEN, State.USED]


def test_when_the_check_service_is_away_the_other_way_is_open(world: World) -> None:
    world.face_check.unreachable = True
    sign_in, _ = checking(world)
    world.sign_ins.answer_check(sign_in, BROWSER, world.answer(sign_in))
    stay = world.sign_ins.proceed(sign_in, BROWSER, locale="en", user_agent=PHONE)
    assert isinstance(stay, Stay)
    shown = world.view(sign_in)
    assert isinstance(shown, CheckAnswered)
    assert shown.problem == "unreachable"
    world.sign_ins.proceed(sign_in, BROWSER, locale="en", user_agent=PHONE, other_way=True)
    assert parameters(world.back(Region.HONG_KONG))["code"]


def test_a_consent_withdrawn_before_the_camera_is_not_used(world: World) -> None:
    sign_in, account = checking(world)
    world.sign_ins.answer_check(sign_in, BROWSER, world.answer(sign_in))
    answered = world.view(sign_in)
    assert isinstance(answered, CheckAnswered)
    world.consents.withdraw(account, answered.record)
    withdrawn = world.view(sign_in)
    assert isinstance(withdrawn, CheckAnswered)
    assert (withdrawn.agreed, withdrawn.way) == (False, "confirmation_at_home"), "the page speaks of no camera"
    assert parameters(world.leave_to_check(sign_in))["code"]
    assert world.face_check.asked == []


def test_confirming_at_home_as_somebody_else_does_not_count(world: World) -> None:
    sign_in, _ = checking(world)
    world.sign_ins.answer_check(sign_in, BROWSER, world.answer(sign_in, agree=False))
    world.regions[Region.HONG_KONG].subject = "openid-of-a-friend"
    assert isinstance(world.leave_to_check(sign_in), Stay)
    shown = world.view(sign_in)
    assert isinstance(shown, CheckAnswered)
    assert shown.problem == "another_person"


def test_leaving_and_time_out_are_no_answer_and_no_refusal(world: World) -> None:
    sign_in, account = checking(world)
    world.sign_ins.cancel(sign_in, BROWSER)
    assert last_check(world, account) == [State.REQUESTED, State.UNANSWERED]
    late = world.asked(WITH_CHECK, world.go(world.sign_ins.begin(BROWSER, locale="en").sign_in).session)
    world.clock.passes(minutes=31)
    assert world.housekeeping().unanswered == 1
    assert world.housekeeping().unanswered == 0
    with world.open_work(write=False) as work:
        parked = work.sign_ins.find(late)
        assert parked is not None
        assert parked.check is not None
        record = work.consents.find(parked.check.record)
    assert record is not None
    assert record.state is State.UNANSWERED


def test_answering_in_another_language_than_first_shown_records_the_words_that_were_read(world: World) -> None:
    sign_in, account = checking(world)
    world.sign_ins.answer_check(sign_in, BROWSER, world.answer(sign_in, locale="zh-Hant"))
    line = next(line for line in world.consents.list(account) if line.kind is Kind.CHECK)
    detail = world.consents.detail(account, line.id)
    assert [event.state for event in detail.events] == [State.REQUESTED, State.RENOTIFIED, State.GIVEN]
    assert detail.notice.language == "zh-Hant"


def test_a_check_is_asked_for_each_application_anew(world: World) -> None:
    sign_in, _ = checking(world)
    world.sign_ins.answer_check(sign_in, BROWSER, world.answer(sign_in))
    world.leave_to_check(sign_in)
    cookie = world.go(world.sign_ins.begin(BROWSER, locale="en").sign_in).session
    assert isinstance(world.view(world.asked(WITH_CHECK, cookie)), CheckQuestion)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"impact_assessment": " "}, "impact_assessment_missing"),
        ({"necessity": {}}, "necessity_missing"),
        ({"agencies": frozenset({"another"})}, "check_purpose_of_another"),
        ({"alternative": {}}, "alternative_missing"),
    ],
)
def test_a_purpose_that_is_not_settled_is_never_put_to_a_person(
    world: World, changes: dict[str, object], reason: str
) -> None:
    world.configured(purposes={PURPOSE.code: replace(PURPOSE, **changes)})
    missing = world.begin(WITH_CHECK, session=None)
    assert missing == Missing(code="invalid_authorization_details", reason=reason)
