"""A person closes their account: everything ends at once, agencies hear of it, and what stays leads to nobody."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from gateway.errors import NotFound
from gateway.flows.forget_consents import ForgetConsents
from gateway.flows.stage_view import Stay
from gateway.flows.start_session import start_session
from gateway.identity.binding import Ended
from gateway.identity.consent import State
from gateway.identity.earlier_subject import KnownAs
from gateway.identity.identifier import home_subject
from gateway.identity.region import Region
from gateway.oidc.client import Client
from gateway.oidc.delivery import Kind
from gateway.oidc.sign_in import Stage
from gateway.storage.bindings import index
from gateway.storage.tables_residents import reviews, sessions
from tests.fakes.resident_regions import HARD_TO_TELL, PERSONAL
from tests.fakes.resident_world import AGENCY, BROWSER, REQUEST, World, make_world


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = make_world(f"sqlite:///{tmp_path / 'gateway.db'}")
    yield made
    made.engine.dispose()


@pytest.fixture
def on_server(empty_postgres_url: str) -> Iterator[World]:
    made = make_world(empty_postgres_url)
    yield made
    made.engine.dispose()


def hearing(client: str, agency: str) -> Client:
    return Client(
        id=client,
        agency=agency,
        names={"en": client},
        region="CN-44",
        redirect_uris=("https://agency.example/callback",),
        events_uri=f"https://{agency}.example/events",
        events=frozenset(kind.value for kind in (Kind.ACCOUNT_CLOSED, Kind.LINK_UNDONE, Kind.CONSENT_WITHDRAWN)),
    )


def settled(world: World) -> tuple[str, str]:
    """Somebody with a link, a session and a consent; the account and the cookie."""
    cookie = world.bound()
    sign_in = world.asked(REQUEST, cookie)
    world.sign_ins.agree_claims(sign_in, BROWSER, world.answer(sign_in), optional=frozenset())
    return world.account(cookie), cookie


@pytest.mark.postgres
@pytest.mark.parametrize("closes", [True, False])
def test_who_comes_back_while_the_account_is_closed_or_the_link_undone_begins_again(
    on_server: World, monkeypatch: pytest.MonkeyPatch, *, closes: bool
) -> None:
    """The binding was active when the landing read it."""
    account = on_server.account(on_server.bound())
    bound = on_server.links.list(account)[0].id
    sign_in = on_server.sign_ins.begin(BROWSER, locale="en").sign_in

    def overtaken(*told: Any, **named: Any) -> Any:
        if closes:
            on_server.close_account(account)
        else:
            on_server.links.undo(account, bound)
        return start_session(*told, **named)

    monkeypatch.setattr("gateway.flows.landing.start_session", overtaken)
    assert on_server.go(sign_in) == Stay(sign_in=sign_in, locale="en")
    with on_server.open_work(write=False) as work:
        assert work.sessions.of_account(account) == ()
        after = work.sign_ins.find(sign_in)
    assert after is not None
    assert (after.stage, after.problem, after.session) == (Stage.CHOOSE_REGION, "session_ended", None)


@pytest.mark.postgres
def test_who_comes_back_while_the_link_is_being_undone_waits_for_nobody(on_server: World) -> None:
    account = on_server.account(on_server.bound())
    sign_in = on_server.sign_ins.begin(BROWSER, locale="en").sign_in
    with on_server.open_work(write=True) as undoing:
        assert undoing.bindings.end(on_server.links.list(account)[0].id, at=on_server.clock(), why=Ended.UNDONE)
        assert on_server.go(sign_in) == Stay(sign_in=sign_in, locale="en")
        undoing.commit()
    with on_server.open_work(write=False) as work:
        after = work.sign_ins.find(sign_in)
    assert after is not None
    assert (after.stage, after.session) == (Stage.CHOOSE_REGION, None)


def test_everything_ends_at_once(world: World) -> None:
    account, cookie = settled(world)
    world.close_account(account)
    assert world.sessions.current(cookie, BROWSER) is None
    assert [link.ended for link in world.links.list(account)] == ["undone"]
    states = {consent.state for consent in world.consents.list(account)}
    assert states <= {State.WITHDRAWN, State.DELETION_CONFIRMED}
    kinds = [event.kind for event in world.journal.events]
    assert kinds.count("account.closed") == 1
    world.close_account(account)  # twice is once
    assert [event.kind for event in world.journal.events] == kinds
    with pytest.raises(NotFound, match="account_unknown"):
        world.close_account("1.nobody-of-this-name")


def test_agencies_that_know_the_person_hear_that_and_nothing_else(world: World) -> None:
    account, _ = settled(world)
    with world.open_work(write=True) as work:
        for client in (hearing("registry", "registry-agency"), hearing("ferry", "ferry-company")):
            work.clients.save(client)
        name = world.equipment.subjects.of(account, "registry-agency")
        work.known_subjects.remember("registry-agency", name, account)
        work.commit()
    world.close_account(account)
    with world.open_work(write=False) as work:
        queued = work.deliveries.list(client=None, limit=10)
        assert [(one.client, one.kind) for one in queued] == [("registry", Kind.ACCOUNT_CLOSED)]
        assert work.known_subjects.account("registry-agency", name) is None  # and hands over no record for them


def test_whoever_comes_back_is_somebody_new(world: World) -> None:
    account, _ = settled(world)
    before = world.equipment.subjects.of(account, AGENCY.agency)
    world.close_account(account)
    again = world.account(world.bound())  # their browser is not known any more either
    assert again != account
    assert world.equipment.subjects.of(again, AGENCY.agency) != before
    assert len(world.links.list(again)) == 1


def test_nothing_that_stays_leads_to_the_person(world: World) -> None:
    account, _ = settled(world)
    identity = home_subject("iam-smart", world.regions[Region.HONG_KONG].subject)
    with world.open_work(write=True) as work:
        waited = KnownAs(account=account, person=work.earlier_subjects.person(identity))
        work.earlier_subjects.add(AGENCY.agency, "known-before", waited)
        work.commit()
    world.close_account(account)
    with world.open_work(write=False) as work:
        [left] = work.bindings.of_account(account)
        assert work.earlier_subjects.list(AGENCY.agency) == (("known-before", KnownAs(account=account)),)
    assert (left.home_identity.value, left.guangdong_identity.value) == ("", "")
    assert left.profile.home.documents == ()
    with world.open_work(write=False) as work:
        assert work.accounts.earlier(identity) is None
    assert all(datum not in repr(world.journal.events) for datum in PERSONAL)


def test_what_an_operator_compared_and_where_somebody_was_signed_in_leads_to_the_person_no_more(world: World) -> None:
    world.regions[Region.GUANGDONG].attributes = HARD_TO_TELL
    sign_in = world.sign_ins.begin(BROWSER, locale="en").sign_in
    world.go(sign_in)
    world.link(sign_in)
    world.reviews.decide(world.reviews.list()[0].reference, same_person=True, operator="op", ground="documents_seen")
    world.go(sign_in := world.sign_ins.begin(BROWSER, locale="en").sign_in)
    cookie = world.bind(sign_in).session
    assert cookie is not None
    world.close_account(world.account(cookie))
    identity = home_subject("iam-smart", world.regions[Region.HONG_KONG].subject)
    with world.engine.connect() as connection:
        whose = connection.execute(sa.select(reviews.c.home_key)).scalars().all()
        where = connection.execute(sa.select(sessions.c.browser)).scalars().all()
    assert index(world.vault, identity) not in whose
    assert where == [""]


def test_a_review_that_waits_is_closed_with_the_account(world: World) -> None:
    account, _ = settled(world)
    world.bound(Region.MACAU)
    [macau] = [link for link in world.links.list(account) if link.home is Region.MACAU]
    world.links.undo(account, macau.id)
    world.regions[Region.GUANGDONG].attributes = HARD_TO_TELL
    sign_in = world.sign_ins.begin(BROWSER, locale="en").sign_in
    world.go(sign_in, Region.MACAU)
    world.sign_ins.link(sign_in, BROWSER, locale="en", user_agent="phone")
    world.back(Region.MACAU)
    world.back(Region.GUANGDONG)
    assert len(world.reviews.list()) == 1
    world.close_account(account)
    assert [(one.home, one.guangdong) for one in world.reviews.list(open_only=False)] == [(None, None)]
    [closed] = [event for event in world.journal.events if event.kind == "review.closed"]
    assert closed.reason == "account_closed"


def test_consent_records_are_kept_for_three_years_after_they_ended_and_then_forgotten(world: World) -> None:
    account, _ = settled(world)
    staying = world.account(_another(world))
    world.close_account(account)
    ended = len(world.consents.list(account))
    assert ended == 2
    world.clock.passes(days=1095)
    assert forget(world)() == 0
    assert len(world.consents.list(account)) == ended
    world.clock.passes(days=2)
    assert forget(world)() == ended
    assert world.consents.list(account) == ()
    assert len(world.consents.list(staying)) == 1  # the consent to a link lasts as long as the link
    assert [event.kind for event in world.journal.events].count("consent.forgotten") == ended


def forget(world: World) -> ForgetConsents:
    memory = world.equipment.settings.consent_memory
    return ForgetConsents(open_work=world.open_work, clock=world.clock, memory=memory)


def _another(world: World) -> str:
    """Somebody else, who stays."""
    for region, subject in ((Region.HONG_KONG, "openid-who-stays"), (Region.GUANGDONG, "gd-who-stays")):
        world.regions[region].subject = subject
    return world.bound_again()


@pytest.mark.postgres
def test_nobody_binds_anew_to_an_account_that_is_closed_meanwhile(
    on_server: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = on_server.account(on_server.bound())
    on_server.links.undo(account, on_server.links.list(account)[0].id)
    sign_in = on_server.sign_ins.begin(BROWSER, locale="en").sign_in
    on_server.sign_ins.choose_region(sign_in, BROWSER, region="HK", locale="en", user_agent="")
    on_server.back(Region.HONG_KONG)
    on_server.sign_ins.link(sign_in, BROWSER, locale="en", user_agent="")
    on_server.back(Region.HONG_KONG)
    on_server.back(Region.GUANGDONG)

    def overtaken(*told: Any, **named: Any) -> Any:
        monkeypatch.undo()
        on_server.close_account(account)
        return start_session(*told, **named)

    monkeypatch.setattr("gateway.flows.bind.start_session", overtaken)
    assert on_server.bind(sign_in) == Stay(sign_in=sign_in, locale="en")
    with on_server.open_work(write=False) as work:
        assert work.bindings.active_of(account) == ()
        assert work.sessions.of_account(account) == ()
    after = on_server.bind(sign_in).session
    assert after is not None
    assert on_server.account(after) != account
