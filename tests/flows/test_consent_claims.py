"""What an agency may be told: asked once, in these very words, and taken back at any time."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from gateway.flows import question_texts
from gateway.flows.stage_view import Answer, ClaimsQuestion, Stay
from gateway.identity.consent import Kind, State
from gateway.identity.notice import ShownNotice
from gateway.identity.region import Region
from gateway.identity.transfer import TransferBasis
from gateway.oidc.permission import Permission
from gateway.ports.person_steps import Missing
from tests.fakes.resident_world import AGENCY, BASES, BROWSER, REQUEST, World, make_world, parameters

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


@pytest.fixture
def on_server(empty_postgres_url: str) -> Iterator[World]:
    # nobody waits here: who would has waited for themselves
    made = make_world(f"{empty_postgres_url}&options=-clock_timeout%3D1000")
    yield made
    made.engine.dispose()


@pytest.mark.postgres
@pytest.mark.parametrize("from_one_sign_in", [True, False])
def test_who_agrees_in_two_tabs_at_the_same_moment_has_agreed_once(
    on_server: World, monkeypatch: pytest.MonkeyPatch, *, from_one_sign_in: bool
) -> None:
    """Over a server the slower one has read that nothing was agreed to yet."""
    cookie = on_server.bound()
    slower = on_server.asked(REQUEST, cookie)
    quicker = slower if from_one_sign_in else on_server.asked(REQUEST, cookie)
    answer, text = on_server.answer(slower), question_texts.claims

    def overtaken(*told: Any, **named: Any) -> ShownNotice:
        monkeypatch.setattr(question_texts, "claims", text)
        assert isinstance(on_server.sign_ins.agree_claims(quicker, BROWSER, answer, optional=BOTH), Answer)
        return text(*told, **named)

    monkeypatch.setattr(question_texts, "claims", overtaken)
    after = on_server.sign_ins.agree_claims(slower, BROWSER, answer, optional=frozenset())
    assert after == Stay(sign_in=slower, locale="en")
    kept = [one for one in on_server.consents.list(on_server.account(cookie)) if one.kind is Kind.CLAIMS]
    assert [(one.state, one.items) for one in kept] == [(State.GIVEN, ("name", "birthdate"))]


@pytest.mark.postgres
def test_who_closes_their_account_while_they_agree_has_agreed_to_nothing(
    on_server: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    cookie = on_server.bound()
    account, sign_in, text = on_server.account(cookie), on_server.asked(REQUEST, cookie), question_texts.claims
    answer = on_server.answer(sign_in)

    def overtaken(*told: Any, **named: Any) -> ShownNotice:
        monkeypatch.setattr(question_texts, "claims", text)
        on_server.close_account(account)
        return text(*told, **named)

    monkeypatch.setattr(question_texts, "claims", overtaken)
    after = on_server.sign_ins.agree_claims(sign_in, BROWSER, answer, optional=BOTH)
    assert after == Stay(sign_in=sign_in, locale="en")
    assert not [one for one in on_server.consents.list(account) if one.kind is Kind.CLAIMS]


@pytest.mark.postgres
def test_who_agrees_while_their_account_is_being_closed_waits_for_nobody(on_server: World) -> None:
    """Who closes it may be about to withdraw the very consent that is replaced here."""
    cookie = on_server.bound()
    agree_claims(on_server, cookie)
    again = on_server.asked(replace(REQUEST, prompt=frozenset({"consent"})), cookie)
    answer = on_server.answer(again)
    with on_server.open_work(write=True) as closing:
        assert closing.accounts.close(on_server.account(cookie), at=on_server.clock())
        after = on_server.sign_ins.agree_claims(again, BROWSER, answer, optional=BOTH)
    assert after == Stay(sign_in=again, locale="en")


def permitted(world: World, cookie: str) -> Permission:
    granted = world.begin(REQUEST, session=cookie)
    assert isinstance(granted, Permission), granted
    return granted


def told(world: World, granted: Permission) -> dict[str, object]:
    return world.claims.release(account=granted.account, client=AGENCY, claims=granted.claims, consent=granted.consent)


def test_each_claim_says_whether_it_is_needed_where_it_goes_and_on_what_ground(world: World) -> None:
    shown = world.view(world.asked(REQUEST, world.bound()))
    assert isinstance(shown, ClaimsQuestion)
    name, birthdate = shown.items
    assert (name.name, name.essential, name.source, name.destination) == ("name", True, "HK", "CN-44")
    assert (birthdate.essential, birthdate.crosses_border, birthdate.basis) == (False, True, "separate_consent")
    assert "Kapok Bay Registry" in shown.notice.title


@pytest.mark.parametrize("unasked", [False, True])
def test_who_reads_the_question_stays_signed_in_and_a_page_that_looks_by_itself_keeps_nobody(
    world: World, unasked: bool
) -> None:
    cookie = world.bound()
    sign_in = world.asked(REQUEST, cookie)
    lasts = []
    for _ in range(3):
        world.clock.passes(minutes=8)
        lasts.append(world.sign_ins.view(sign_in, BROWSER, locale="en", unasked=unasked).session_lasts)
    assert lasts == ([7 * 60, 0, 0] if unasked else [15 * 60] * 3)


def test_a_question_waits_for_whoever_reads_it_slowly(world: World) -> None:
    """As long as the person says that they are there: no time limit of its own (WCAG 2.2, 2.2.1)."""
    cookie = world.bound()
    sign_in = world.asked(REQUEST, cookie)
    for _ in range(8):
        world.clock.passes(minutes=14)
        assert isinstance(world.view(sign_in), ClaimsQuestion)
    done = world.sign_ins.agree_claims(sign_in, BROWSER, world.answer(sign_in), optional=frozenset())
    assert parameters(done)["code"]


def test_only_what_was_ticked_is_told(world: World) -> None:
    cookie = world.bound()
    agree_claims(world, cookie)
    assert told(world, permitted(world, cookie)) == {"name": "CHAN TAI MAN"}


def test_a_voluntary_claim_that_was_ticked_is_told_too(world: World) -> None:
    cookie = world.bound()
    agree_claims(world, cookie, BOTH)
    assert told(world, permitted(world, cookie)) == {"name": "CHAN TAI MAN", "birthdate": "1990-01-02"}


def test_what_was_told_upon_one_answer_is_not_told_upon_another(world: World) -> None:
    """One process answers for both, and remembers what may be told to whom."""
    cookie, claims = world.bound(), world.claims
    agree_claims(world, cookie, BOTH)
    wide = permitted(world, cookie)
    assert wide.consent is not None

    def now() -> set[str]:
        consent = wide.consent
        return set(claims.release(account=wide.account, client=AGENCY, claims=wide.claims, consent=consent))

    assert now() == {"name", "birthdate"}
    again = world.asked(replace(REQUEST, prompt=frozenset({"consent"})), cookie)
    world.sign_ins.agree_claims(again, BROWSER, world.answer(again), optional=frozenset())
    assert now() == {"name"}
    (standing,) = [line for line in world.consents.list(wide.account) if line.state is State.GIVEN and line.agency]
    world.consents.withdraw(wide.account, standing.id)
    assert now() == set()


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


def test_a_new_question_prolongs_nothing_that_it_does_not_ask_about(world: World) -> None:
    cookie = world.bound()
    agree_claims(world, cookie, BOTH)
    account = world.account(cookie)
    world.clock.passes(days=360)
    more = replace(REQUEST, claims={"userinfo": {"chinese_name": {"essential": True}}})
    sign_in = world.asked(more, world.go(world.sign_ins.begin(BROWSER, locale="en").sign_in).session)
    world.sign_ins.agree_claims(sign_in, BROWSER, world.answer(sign_in), optional=frozenset())
    new, old = (line for line in world.consents.list(account) if line.kind is Kind.CLAIMS)
    assert set(new.items) == {"name", "birthdate", "chinese_name"}
    assert new.valid_until == old.valid_until


def test_a_question_about_another_home_carries_nothing_over(world: World) -> None:
    agree_claims(world, world.bound(Region.HONG_KONG), BOTH)
    second = world.bound(Region.MACAU)
    more = replace(REQUEST, claims={"userinfo": {"chinese_name": {"essential": True}}})
    sign_in = world.asked(more, second)
    world.sign_ins.agree_claims(sign_in, BROWSER, world.answer(sign_in), optional=frozenset())
    new = next(line for line in world.consents.list(world.account(second)) if line.state is State.GIVEN and line.agency)
    assert new.items == ("chinese_name",)


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


def test_an_agency_that_was_refused_is_not_let_in_by_itself_when_it_asks_again(world: World) -> None:
    cookie = world.bound()
    voluntary = replace(REQUEST, claims={"userinfo": {"name": {}}})
    sign_in = world.asked(voluntary, cookie)
    done = world.sign_ins.agree_claims(sign_in, BROWSER, world.answer(sign_in, agree=False), optional=frozenset())
    assert parameters(done)["error"] == "access_denied"
    silent = world.begin(replace(voluntary, prompt=frozenset({"none"})), session=cookie)
    assert isinstance(silent, Missing)
    assert silent.code == "consent_required"
    assert isinstance(world.view(world.asked(voluntary, cookie)), ClaimsQuestion)


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
    granted = world.begin(replace(REQUEST, claims=wishes), session=world.bound())
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


@pytest.mark.parametrize("home", [Region.MACAU, Region.HONG_KONG])
def test_what_was_agreed_over_an_undone_link_is_asked_anew_over_any_other(world: World, home: Region) -> None:
    first = world.bound(Region.HONG_KONG)
    world.bound(Region.MACAU)
    agree_claims(world, first, BOTH)
    granted = permitted(world, first)
    hong_kong = next(line for line in world.links.list(granted.account) if line.home is Region.HONG_KONG)
    world.links.undo(granted.account, hong_kong.id)
    assert told(world, granted) == {}
    if home is Region.HONG_KONG:
        cookie: str | None = world.bound_again()
    else:
        cookie = world.go(world.sign_ins.begin(BROWSER, locale="en").sign_in, home).session
    assert cookie is not None
    assert world.account(cookie) == granted.account
    assert isinstance(world.view(world.asked(REQUEST, cookie)), ClaimsQuestion)
    assert told(world, granted) == {}


def test_a_link_that_is_undone_takes_nothing_from_what_was_agreed_over_another(world: World) -> None:
    world.bound(Region.HONG_KONG)
    agree_claims(world, second := world.bound(Region.MACAU), BOTH)
    granted = permitted(world, second)
    hong_kong = next(line for line in world.links.list(granted.account) if line.home is Region.HONG_KONG)
    world.links.undo(granted.account, hong_kong.id)
    assert set(told(world, granted)) == {"name", "birthdate"}


def test_who_is_known_at_home_under_a_new_name_tells_what_they_agreed_to_before_and_of_no_other_home(
    world: World,
) -> None:
    agree_claims(world, first := world.bound(Region.HONG_KONG), BOTH)
    granted = permitted(world, first)
    world.regions[Region.HONG_KONG].subject = "openid-after-registering-anew"
    world.bound_again()  # supersedes the link that was there
    world.clock.passes(minutes=1)
    macau, guangdong = world.regions[Region.MACAU], world.regions[Region.GUANGDONG]
    macau.attributes = replace(macau.attributes, latin_name="CHAN TAI MAN MARIA")
    guangdong.attributes = replace(guangdong.attributes, latin_name=None)
    world.bound(Region.MACAU)
    assert told(world, granted)["name"] == "CHAN TAI MAN"


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
