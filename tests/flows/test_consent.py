"""What a person agrees to: asked in these very words, refused without harm, withdrawn at any time, provable."""

import base64
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from gateway.errors import NotFound, StepRefused
from gateway.flows.stage_view import CheckAnswered, CheckQuestion, ClaimsQuestion, Stay
from gateway.identity import receipt
from gateway.identity.consent import Kind, State, broken_at
from gateway.identity.receipt import Disproved, Proved
from gateway.identity.region import Region
from gateway.identity.transfer import TransferBasis
from gateway.oidc.permission import Permission
from gateway.ports.person_steps import Missing
from gateway.ports.regions import Errand
from tests.fakes.resident_world import (
    AGENCY,
    BASES,
    BROWSER,
    CHECK,
    PHONE,
    PURPOSE,
    REQUEST,
    World,
    make_world,
    parameters,
)

WITH_CHECK = replace(REQUEST, claims={}, authorization_details=(CHECK,), ui_locales=("en",))
BOTH = frozenset({"birthdate"})


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = make_world(f"sqlite:///{tmp_path / 'gateway.db'}")
    yield made
    made.engine.dispose()


def agree_claims(world: World, cookie: str, optional: frozenset[str] = frozenset()) -> str:
    sign_in = world.asked(REQUEST, cookie)
    done = world.sign_ins.agree_claims(sign_in, BROWSER, world.answer(sign_in), optional=optional)
    assert parameters(done)["code"]
    return sign_in


def permitted(world: World, cookie: str) -> Permission:
    granted = world.steps.begin(REQUEST, browser=BROWSER, session=cookie)
    assert isinstance(granted, Permission), granted
    return granted


def told(world: World, granted: Permission) -> dict[str, object]:
    return world.claims.release(account=granted.account, client=AGENCY, claims=granted.claims, consent=granted.consent)


# ---- claims


def test_each_claim_says_whether_it_is_needed_where_it_goes_and_on_what_ground(world: World) -> None:
    shown = world.view(world.asked(REQUEST, world.bound()))
    assert isinstance(shown, ClaimsQuestion)
    name, birthdate = shown.items
    assert (name.name, name.essential, name.source, name.destination) == ("name", True, "HK", "CN-44")
    assert (birthdate.essential, birthdate.crosses_border, birthdate.basis) == (False, True, "separate_consent")
    assert "Kapok Bay Registry" in shown.notice.title


def test_only_what_was_ticked_is_told(world: World) -> None:
    cookie = world.bound()
    agree_claims(world, cookie)
    assert told(world, permitted(world, cookie)) == {"name": "CHAN TAI MAN"}


def test_a_voluntary_claim_that_was_ticked_is_told_too(world: World) -> None:
    cookie = world.bound()
    agree_claims(world, cookie, BOTH)
    assert told(world, permitted(world, cookie)) == {"name": "CHAN TAI MAN", "birthdate": "1990-01-02"}


def test_what_was_answered_is_not_asked_again_and_only_the_difference_is(world: World) -> None:
    cookie = world.bound()
    agree_claims(world, cookie)
    permitted(world, cookie)  # the declined birth date does not nag
    more = replace(REQUEST, claims={"userinfo": {"name": {}, "birthdate": {}, "chinese_name": {"essential": True}}})
    sign_in = world.asked(more, cookie)
    shown = world.view(sign_in)
    assert isinstance(shown, ClaimsQuestion)
    assert {item.name: (item.already_agreed, item.chosen_before) for item in shown.items} == {
        "name": (True, True),
        "chinese_name": (False, None),
        "birthdate": (False, False),
    }
    world.sign_ins.agree_claims(sign_in, BROWSER, world.answer(sign_in), optional=frozenset({"name"}))
    states = [line.state for line in world.consents.list(world.account(cookie)) if line.kind is Kind.CLAIMS]
    assert sorted(states) == [State.GIVEN, State.REPLACED]


def test_prompt_consent_asks_again(world: World) -> None:
    cookie = world.bound()
    agree_claims(world, cookie)
    sign_in = world.asked(replace(REQUEST, prompt=frozenset({"consent"})), cookie)
    assert isinstance(world.view(sign_in), ClaimsQuestion)
    done = world.sign_ins.agree_claims(sign_in, BROWSER, world.answer(sign_in), optional=BOTH)
    assert parameters(done)["code"]


def test_not_agreeing_denies_access_and_what_stood_before_stands(world: World) -> None:
    cookie = world.bound()
    agree_claims(world, cookie)
    more = replace(REQUEST, claims={"userinfo": {"chinese_name": {"essential": True}}})
    sign_in = world.asked(more, cookie)
    done = world.sign_ins.agree_claims(sign_in, BROWSER, world.answer(sign_in, agree=False), optional=BOTH)
    assert parameters(done)["error_description"] == "claims_declined"
    assert told(world, permitted(world, cookie)) == {"name": "CHAN TAI MAN"}


def test_without_a_basis_for_the_transfer_a_claim_is_refused_with_its_reason_and_never_told(world: World) -> None:
    cookie = world.bound()
    world.configured(transfer_bases=(replace(BASES[0], claims=frozenset({"name"})),))
    sign_in = world.asked(REQUEST, cookie)
    shown = world.view(sign_in)
    assert isinstance(shown, ClaimsQuestion)
    assert [item.refusal for item in shown.items] == [None, "no_transfer_basis"]
    world.sign_ins.agree_claims(sign_in, BROWSER, world.answer(sign_in), optional=BOTH)
    assert told(world, permitted(world, cookie)) == {"name": "CHAN TAI MAN"}


def test_a_basis_that_ends_takes_the_claim_away_from_then_on(world: World) -> None:
    cookie = world.bound()

    def until(basis: TransferBasis) -> TransferBasis:
        return replace(basis, valid_until=world.clock() + timedelta(minutes=5))

    world.configured(transfer_bases=tuple(until(basis) for basis in BASES))
    agree_claims(world, cookie, BOTH)
    granted = permitted(world, cookie)
    assert set(told(world, granted)) == {"name", "birthdate"}
    world.clock.passes(minutes=6)
    assert told(world, granted) == {}


def test_a_claim_outside_the_clients_scopes_is_not_even_asked(world: World) -> None:
    wishes = {"userinfo": {"home_document": {"essential": True}, "nonsense": {}}}
    granted = world.steps.begin(replace(REQUEST, claims=wishes), browser=BROWSER, session=world.bound())
    assert isinstance(granted, Permission)
    assert granted.claims == ()


def test_a_withdrawn_consent_tells_nothing_more_at_once(world: World) -> None:
    cookie = world.bound()
    agree_claims(world, cookie, BOTH)
    granted = permitted(world, cookie)
    assert granted.consent is not None
    account = world.account(cookie)
    assert world.consents.withdraw(account, granted.consent).line.state is State.WITHDRAWN
    assert world.consents.withdraw(account, granted.consent).line.state is State.WITHDRAWN
    assert told(world, granted) == {}
    assert isinstance(world.view(world.asked(REQUEST, cookie)), ClaimsQuestion)


def test_an_undone_link_tells_nothing_more_at_once(world: World) -> None:
    cookie = world.bound()
    agree_claims(world, cookie, BOTH)
    granted = permitted(world, cookie)
    world.links.undo(granted.account, world.links.list(granted.account)[0].id)
    assert told(world, granted) == {}


def test_withdrawing_the_bindings_consent_undoes_the_link_and_confirms_the_erasure(world: World) -> None:
    account = world.account(world.bound())
    link = world.links.list(account)[0]
    detail = world.consents.withdraw(account, link.consent)
    assert [event.state for event in detail.events] == [
        State.REQUESTED,
        State.GIVEN,
        State.WITHDRAWN,
        State.DELETION_CONFIRMED,
    ]
    assert world.links.list(account)[0].ended == "undone"


def test_a_consent_lapses_by_itself(world: World) -> None:
    cookie = world.bound()
    agree_claims(world, cookie)
    granted = permitted(world, cookie)
    world.clock.now += timedelta(days=366)
    assert told(world, granted) == {}
    assert world.housekeeping().consents == 1
    assert granted.consent is not None
    assert world.consents.detail(granted.account, granted.consent).line.state is State.EXPIRED


# ---- the biometric check


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
    world.configured(purposes={PURPOSE.code: replace(PURPOSE, **changes)})  # type: ignore[arg-type]
    missing = world.steps.begin(WITH_CHECK, browser=BROWSER, session=None)
    assert missing == Missing(code="invalid_authorization_details", reason=reason)


# ---- records and receipts


def test_the_record_binds_the_very_words_and_its_chain_is_whole(world: World) -> None:
    sign_in, account = checking(world)
    world.sign_ins.answer_check(sign_in, BROWSER, world.answer(sign_in))
    for line in world.consents.list(account):
        with world.open_work(write=False) as work:
            record = work.consents.find(line.id)
        assert record is not None
        assert broken_at(record) is None
        forged = replace(record, events=(replace(record.events[0], by="operator"), *record.events[1:]))
        assert broken_at(forged) == 1
        assert broken_at(replace(record, head={**record.head, "parties": ["another"]})) == 1


def test_a_receipt_can_be_checked_by_anybody_and_a_changed_one_is_told(world: World) -> None:
    sign_in, account = checking(world)
    world.sign_ins.answer_check(sign_in, BROWSER, world.answer(sign_in))
    line = next(line for line in world.consents.list(account) if line.kind is Kind.CHECK)
    held = world.consents.receipt(account, line.id)
    proved = receipt.verify(held, world.signer.keys())
    assert isinstance(proved, Proved)
    assert (proved.record, proved.state) == (line.id, "given")
    head, payload, signature = held.split(".")
    changed = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    changed["notices"][0]["blocks"][0]["text"] = "something else"
    resigned = world.signer.sign(json.dumps(changed).encode(), typ=receipt.TYP)
    assert receipt.verify(resigned, world.signer.keys()) == Disproved("receipt_text_changed")
    flipped = f"{head}.{payload[:-4]}AAAA.{signature}"
    assert receipt.verify(flipped, world.signer.keys()) == Disproved("receipt_signature_wrong")
    assert receipt.verify(held, {}) == Disproved("receipt_key_unknown")


@pytest.mark.parametrize("garbage", ["", ".", "a.b.c", "ä.ö.ü", "e30.e30.e30", "." * 3, "x" * 300_000])
def test_garbage_is_no_receipt_and_no_accident(world: World, garbage: str) -> None:
    assert isinstance(receipt.verify(garbage, world.signer.keys()), Disproved)


def test_nobody_reads_or_withdraws_the_consent_of_another(world: World) -> None:
    account = world.account(world.bound())
    record = world.consents.list(account)[0].id
    for act in (world.consents.detail, world.consents.receipt, world.consents.withdraw):
        with pytest.raises(NotFound, match="consent_unknown"):
            act("1.somebody-else-entirely", record)


def test_a_question_cannot_be_answered_after_the_session_is_gone(world: World) -> None:
    sign_in, account = checking(world)
    answer = world.answer(sign_in)
    world.links.undo(account, world.links.list(account)[0].id)
    with pytest.raises(StepRefused, match="session_ended"):
        world.sign_ins.answer_check(sign_in, BROWSER, answer)
