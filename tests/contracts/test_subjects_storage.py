"""What is kept of subjects, events and closed accounts, held to its ports' promises on both databases."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from gateway.identity.account import Account
from gateway.identity.earlier_subject import KnownAs
from gateway.identity.identifier import home_subject
from gateway.oidc.delivery import DeliveryState, Kind
from gateway.storage.unit_of_work import SqlWork
from tests.fakes.oidc_world import FakeVault, Journal
from tests.fakes.vouched import BOUND_AT, binding

NOW = datetime(2026, 11, 21, 12, 0, 0, 123456, tzinfo=UTC)
ACCOUNT = "1.account-of-the-example"
CHAN, WONG = home_subject("iam-smart", "chan"), home_subject("iam-smart", "wong")


@pytest.fixture
def work(engine: sa.Engine) -> SqlWork:
    return SqlWork(engine, vault=FakeVault(), audit=lambda _: Journal())


def test_a_name_is_one_persons_and_a_person_has_one(work: SqlWork) -> None:
    with work(write=True) as unit:
        assert not unit.earlier_subjects.any_of("agency")
        assert unit.earlier_subjects.add("agency", "u-1", KnownAs(account=ACCOUNT))
        assert not unit.earlier_subjects.add("agency", "u-1", KnownAs(account="1.somebody-else-entirely"))
        assert not unit.earlier_subjects.add("agency", "u-2", KnownAs(account=ACCOUNT))
        assert unit.earlier_subjects.add("other", "u-1", KnownAs(account=ACCOUNT))
        unit.commit()
    with work(write=False) as unit:
        assert unit.earlier_subjects.any_of("agency")
        assert unit.earlier_subjects.of("agency", ACCOUNT) == "u-1"
        assert unit.earlier_subjects.of("agency", "1.nobody-of-this-name") is None
        assert unit.earlier_subjects.find("agency", "u-1") == KnownAs(account=ACCOUNT)
        assert unit.earlier_subjects.find("agency", "u-9") is None


def test_names_wait_for_a_person_and_are_theirs_once(work: SqlWork) -> None:
    with work(write=True) as unit:
        for name, identity in (("u-1", CHAN), ("u-2", WONG)):
            assert unit.earlier_subjects.add("agency", name, KnownAs(person=unit.earlier_subjects.person(identity)))
        assert not unit.earlier_subjects.add("agency", "u-3", KnownAs(person=unit.earlier_subjects.person(CHAN)))
        assert unit.earlier_subjects.waiting((CHAN,)) == (("agency", "u-1"),)
        unit.earlier_subjects.settle("agency", "u-1", ACCOUNT)
        unit.earlier_subjects.settle("agency", "u-1", "1.somebody-else-entirely")
        unit.commit()
    with work(write=True) as unit:
        assert unit.earlier_subjects.of("agency", ACCOUNT) == "u-1"
        assert unit.earlier_subjects.waiting((CHAN,)) == ()
        unit.earlier_subjects.forget_person(ACCOUNT)
        assert unit.earlier_subjects.find("agency", "u-1") == KnownAs(account=ACCOUNT)
        assert [name for name, _ in unit.earlier_subjects.list("agency")] == ["u-1", "u-2"]


def test_what_an_agency_was_told_is_known_and_forgotten_as_a_whole(work: SqlWork) -> None:
    with work(write=True) as unit:
        for agency, name in (("agency", "s-1"), ("agency", "s-2"), ("other", "s-3")):
            unit.known_subjects.remember(agency, name, ACCOUNT)
        unit.known_subjects.remember("agency", "s-4", "1.somebody-else-entirely")
        assert unit.known_subjects.agencies(ACCOUNT) == {"agency", "other"}
        assert unit.known_subjects.told("agency", ACCOUNT) == {"s-1", "s-2"}
        assert unit.known_subjects.accounts("agency") == (ACCOUNT, "1.somebody-else-entirely")
        unit.known_subjects.forget(ACCOUNT)
        assert unit.known_subjects.agencies(ACCOUNT) == frozenset()
        assert unit.known_subjects.account("agency", "s-4") == "1.somebody-else-entirely"


def test_one_thing_is_told_to_a_client_once_under_one_id(work: SqlWork) -> None:
    with work(write=True) as unit:
        assert unit.deliveries.queue(Kind.LINK_UNDONE, "binding-1", "registry", ACCOUNT, at=NOW)
        assert not unit.deliveries.queue(Kind.LINK_UNDONE, "binding-1", "registry", ACCOUNT, at=NOW)
        assert unit.deliveries.queue(Kind.LINK_UNDONE, "binding-1", "ferry", ACCOUNT, at=NOW)
        unit.commit()
    with work(write=True) as unit:
        first, second = unit.deliveries.due(at=NOW, limit=10)
        assert first.id != second.id
        taken = unit.deliveries.claim(first, until=NOW + timedelta(minutes=1))
        assert taken is not None
        assert taken.id == first.id
        assert unit.deliveries.claim(first, until=NOW + timedelta(minutes=1)) is None
        unit.deliveries.settle(taken, DeliveryState.GIVEN_UP, next_at=NOW, problem="err_access_denied")
        [told] = unit.deliveries.list(client=first.client, limit=10)
        assert (told.state, told.problem) == (DeliveryState.GIVEN_UP, "err_access_denied")


def test_a_credential_is_kept_sealed_replaced_and_taken_away(work: SqlWork, engine: sa.Engine) -> None:
    with work(write=True) as unit:
        assert unit.deliveries.credential("registry") is None
        unit.deliveries.keep_credential("registry", "first-credential")
        unit.deliveries.keep_credential("registry", "second-credential")
        assert unit.deliveries.credential("registry") == "second-credential"
        unit.commit()
    with engine.connect() as connection:
        assert b"credential" not in bytes(
            connection.execute(sa.text("select sealed from event_credentials")).scalar_one()
        )
    with work(write=True) as unit:
        unit.deliveries.keep_credential("registry", None)
        assert unit.deliveries.credential("registry") is None


def test_an_account_is_closed_once_and_nobody_is_found_by_what_it_bound(work: SqlWork) -> None:
    bound = binding()
    with work(write=True) as unit:
        unit.accounts.add(Account(id=bound.account, created_at=BOUND_AT))
        assert unit.bindings.insert_or_get(bound) == bound
        assert unit.accounts.earlier(bound.home_identity) == bound.account
        unit.bindings.forget_identities(bound.account)
        assert unit.accounts.earlier(bound.home_identity) == bound.account  # an active one ties them still
        assert unit.accounts.close(bound.account, at=NOW)
        assert not unit.accounts.close(bound.account, at=NOW)
        unit.commit()
    with work(write=False) as unit:
        found = unit.accounts.find(bound.account)
        assert found is not None
        assert found.closed_at == NOW
