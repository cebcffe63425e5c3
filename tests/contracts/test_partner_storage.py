"""What is kept of partners behaves the same on SQLite and PostgreSQL, in rooms that do not grow."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from msgspec.structs import replace

from gateway.oidc.client_metadata import About
from gateway.oidc.integration_error import IntegrationError, Sureness
from gateway.oidc.invitation import Invitation, Reach
from gateway.oidc.registration import Registration
from gateway.oidc.registration_request import RegistrationRequest, RequestState, Wish
from gateway.ports.partners import KeptKeys
from gateway.storage.unit_of_work import SqlWork
from tests.fakes.oidc_world import FakeVault, Journal

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
SOON, LATER = NOW + timedelta(minutes=5), NOW + timedelta(days=90)
REACH = Reach(agency="ferry-company", region="MO", hosts=frozenset({"ferry.example"}))


@pytest.fixture
def work(engine: sa.Engine) -> SqlWork:
    journal = Journal()
    return SqlWork(engine, vault=FakeVault(), audit=lambda _: journal)


def error(number: int, sureness: Sureness = Sureness.AUTHENTICATED, client: str = "ferry") -> IntegrationError:
    return IntegrationError(
        client=client,
        sureness=sureness,
        at=NOW + timedelta(seconds=number),
        endpoint="POST /oauth/par",
        status=400,
        code="invalid_request",
        reason="code_challenge_missing",
        incident=f"incident-{sureness}-{number}",
    )


def test_an_invitation_is_used_no_more_often_than_it_says_however_many_come_at_once(work: SqlWork) -> None:
    invitation = Invitation(id="i1", reach=REACH, uses=3, created_at=NOW, created_by="operator", expires_at=SOON)
    with work(write=True) as unit:
        unit.invitations.add(invitation, digest="d1")
        unit.commit()

    def use(_: int) -> bool:
        with work(write=True) as unit:
            used = unit.invitations.use("i1", at=NOW)
            unit.commit()
        return used

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(use, range(20))) == 3
    with work(write=True) as unit:
        assert unit.invitations.find("d1") == replace(invitation, uses=0)
        assert unit.invitations.find("another") is None
        assert unit.invitations.purge(before=NOW) == 0
        assert unit.invitations.purge(before=LATER) == 1


def test_an_invitation_that_is_over_or_withdrawn_is_not_used(work: SqlWork) -> None:
    with work(write=True) as unit:
        made = Invitation(id="i1", reach=REACH, uses=3, created_at=NOW, created_by="operator", expires_at=SOON)
        unit.invitations.add(made, digest="d1")
        assert not unit.invitations.use("i1", at=SOON)
        assert unit.invitations.withdraw("i1", at=NOW)
        assert not unit.invitations.withdraw("i1", at=NOW)
        assert not unit.invitations.use("i1", at=NOW)
        assert [one.withdrawn_at for one in unit.invitations.list()] == [NOW]


def test_a_registration_is_changed_by_who_holds_its_present_token_and_names_nobody_in_the_clear(
    work: SqlWork, engine: sa.Engine
) -> None:
    made = Registration(
        client="ferry",
        reach=REACH,
        about=About(contacts=("private-name",)),
        invitation="i1",
        registered_at=NOW,
        changed_at=NOW,
    )
    with work(write=True) as unit:
        unit.registrations.add(made, digest="d1")
        assert unit.registrations.find("ferry") == (made, "d1")
        assert unit.registrations.find("another") is None
        later = replace(made, changed_at=SOON)
        assert not unit.registrations.change(later, known="stolen", digest="d2")
        assert unit.registrations.change(later, known="d1", digest="d2")
        assert unit.registrations.find("ferry") == (later, "d2")
        unit.commit()
    with engine.connect() as connection:
        assert "private" not in str(connection.execute(sa.text("select * from registrations")).all())
    with work(write=True) as unit:
        assert not unit.registrations.remove("ferry", known="d1")
        assert unit.registrations.remove("ferry", known="d2")


def test_a_request_is_decided_once_and_names_nobody_in_the_clear(work: SqlWork, engine: sa.Engine) -> None:
    wish = Wish(
        organisation="Ferry",
        region="MO",
        contact="private-contact",
        purpose="p",
        legal_basis="l",
        metadata={"redirect_uris": ["https://ferry.example/cb"]},
    )
    asked = RegistrationRequest(reference="R-1", wish=wish, thumbprint="t", asked_at=NOW)
    with work(write=True) as unit:
        unit.registration_requests.add(asked, source="s1")
        assert unit.registration_requests.find("R-1") == asked
        assert (unit.registration_requests.waiting(), unit.registration_requests.waiting(source="s2")) == (1, 0)
        decided = replace(asked, state=RequestState.REFUSED, decided_at=SOON, decided_by="operator", ground="duplicate")
        assert unit.registration_requests.decide(decided)
        assert not unit.registration_requests.decide(replace(decided, state=RequestState.APPROVED))
        assert unit.registration_requests.list(waiting_only=False, limit=5) == (decided,)
        assert unit.registration_requests.list(waiting_only=True, limit=5) == ()
        unit.commit()
    with engine.connect() as connection:
        assert "private" not in str(connection.execute(sa.text("select * from registration_requests")).all())
    with work(write=True) as unit:
        assert unit.registration_requests.purge(before=LATER) == 1


def test_a_request_that_nobody_decides_lapses(work: SqlWork) -> None:
    wish = Wish(organisation="F", region="MO", contact="c", purpose="p", legal_basis="l", metadata={})
    with work(write=True) as unit:
        unit.registration_requests.add(
            RegistrationRequest(reference="R-1", wish=wish, thumbprint="t", asked_at=NOW), source="s"
        )
        assert unit.registration_requests.lapse(before=NOW) == 0
        assert unit.registration_requests.lapse(before=SOON) == 1
        assert unit.registration_requests.waiting() == 0


def test_of_errors_the_newest_are_kept_and_those_of_strangers_push_none_of_the_partners_out(work: SqlWork) -> None:
    with work(write=True) as unit:
        for number in range(8):
            unit.integration_errors.record(error(number), keep=5)
            unit.integration_errors.record(error(number, client="bridge"), keep=5)
        for number in range(20):
            unit.integration_errors.record(error(number, Sureness.CLAIMED), keep=2)
        unit.commit()
    with work(write=True) as unit:
        kept = unit.integration_errors.list("ferry", limit=50)
        assert [one.incident for one in kept] == [
            "incident-claimed-19",
            "incident-claimed-18",
            *(f"incident-authenticated-{number}" for number in (7, 6, 5, 4, 3)),
        ]
        assert kept[2] == error(7)
        older = unit.integration_errors.list("ferry", limit=2, before="incident-authenticated-6")
        assert [one.incident for one in older] == ["incident-authenticated-5", "incident-authenticated-4"]
        assert unit.integration_errors.list("ferry", limit=2, before="nobodys") == ()
        assert unit.integration_errors.purge(before=NOW + timedelta(seconds=5)) == 4
        assert len(unit.integration_errors.list("ferry", limit=50)) == 5


def test_the_last_good_keys_are_kept_with_the_last_asking(work: SqlWork) -> None:
    kept = KeptKeys(client="ferry", url="https://ferry.example/jwks", jwks={"keys": []}, fetched_at=NOW, asked_at=NOW)
    with work(write=True) as unit:
        assert unit.partner_keys.find("ferry") is None
        unit.partner_keys.keep(kept)
        later = replace(kept, asked_at=SOON, problem="no_answer")
        unit.partner_keys.keep(later)
        assert unit.partner_keys.find("ferry") == later


def test_a_bucket_gives_a_minutes_worth_at_once_and_then_what_time_brings(work: SqlWork) -> None:
    ten_seconds = timedelta(seconds=10)

    def take(at: datetime, cost: timedelta = ten_seconds, client: str = "ferry") -> bool:
        with work(write=True) as unit:
            taken = unit.client_buckets.take(client, cost=cost, at=at)
            unit.commit()
        return taken

    assert [take(NOW) for _ in range(8)] == [True] * 6 + [False] * 2
    assert take(NOW, client="bridge")
    assert take(NOW + ten_seconds)
    assert not take(NOW + ten_seconds)
    with work(write=False) as unit:
        assert unit.client_buckets.full_until("ferry") == NOW + timedelta(seconds=70)
        assert unit.client_buckets.full_until("nobody") is None
    assert [take(NOW + timedelta(hours=1)) for _ in range(7)] == [True] * 6 + [False]
    assert take(NOW + timedelta(hours=2), cost=timedelta(seconds=60))
    assert not take(NOW + timedelta(hours=2), cost=timedelta(seconds=1))


def test_processes_that_count_together_give_no_more_than_there_is(work: SqlWork) -> None:
    def take(_: int) -> bool:
        with work(write=True) as unit:
            taken = unit.client_buckets.take("ferry", cost=timedelta(seconds=5), at=NOW)
            unit.commit()
        return taken

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(take, range(40))) == 12


def test_a_link_is_followed_once_and_a_visit_lasts_its_time(work: SqlWork) -> None:
    with work(write=True) as unit:
        unit.partner_visits.add("d1", stage="link", client="ferry", expires_at=SOON)
        unit.partner_visits.add("d2", stage="visit", client="ferry", expires_at=SOON)
        unit.partner_visits.add("d3", stage="link", client="ferry", expires_at=NOW)
        unit.commit()
    with work(write=True) as unit:
        assert unit.partner_visits.take("d1", stage="visit", at=NOW) is None
        assert [unit.partner_visits.take("d1", stage="link", at=NOW) for _ in range(2)] == ["ferry", None]
        assert unit.partner_visits.take("d3", stage="link", at=NOW) is None
        assert unit.partner_visits.find("d2", stage="link", at=NOW) is None
        assert unit.partner_visits.find("d2", stage="visit", at=NOW) == "ferry"
        assert unit.partner_visits.find("d2", stage="visit", at=SOON) is None
        assert unit.partner_visits.purge(before=LATER) == 1
