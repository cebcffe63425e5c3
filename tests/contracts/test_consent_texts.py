"""The words of a consent: kept once however many were asked in them, and a person's own forgotten with their record."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import sqlalchemy as sa
from msgspec.structs import replace

from gateway.identity import consent
from gateway.identity.consent import ConsentRecord, Kind, State
from gateway.storage.tables_residents import consent_texts
from tests.contracts.test_storage_residents import ACCOUNT, ASKED, SHOWN
from tests.fakes.oidc_world import START
from tests.fakes.resident_world import World, world_of

LATER = START + timedelta(days=1)


@pytest.fixture
def world(database_url: str) -> Iterator[World]:
    yield from world_of(database_url, ACCOUNT)


def refused(record: str, kind: Kind) -> ConsentRecord:
    asked = replace(ASKED, id=record, kind=kind)
    return consent.then(asked, State.REFUSED, at=START, by="person")


def keep(world: World, *records: ConsentRecord) -> None:
    with world.open_work(write=True) as work:
        for record in records:
            work.consents.add(record)
        work.commit()


def texts(world: World) -> int:
    with world.engine.connect() as connection:
        return len(connection.execute(sa.select(consent_texts.c.id)).all())


@pytest.mark.parametrize(("kind", "kept"), [(Kind.CLAIMS, 1), (Kind.BINDING, 1), (Kind.CHECK, 2)])
def test_the_same_words_are_kept_once_unless_they_are_one_applications(world: World, kind: Kind, kept: int) -> None:
    both = refused("consent-1", kind), refused("consent-2", kind)
    keep(world, *both)
    assert texts(world) == kept
    with world.open_work(write=False) as work:
        assert tuple(work.consents.find(one.id) for one in both) == both


def test_who_is_asked_in_other_words_is_shown_those(world: World) -> None:
    other = replace(SHOWN, title="another title", parameters={"agency": "…"})  # the hash of the text says nothing of it
    usual, unusual = refused("consent-1", Kind.CLAIMS), refused("consent-2", Kind.CLAIMS)
    keep(world, usual, replace(unusual, notices={SHOWN.text_sha256: other}))
    with world.open_work(write=False) as work:
        found = [work.consents.find(record) for record in ("consent-1", "consent-2")]
    assert [None if one is None else one.notice for one in found] == [SHOWN, other]


def test_of_two_that_forget_at_once_one_forgets_each_record(world: World) -> None:
    over = refused("consent-1", Kind.CLAIMS)
    keep(world, over)
    if world.engine.dialect.name == "sqlite":
        return  # whose writers take turns
    with world.open_work(write=True) as first, world.open_work(write=True) as second:
        assert first.consents.forget(ended_before=LATER, limit=10) == (over.id,)
        assert second.consents.forget(ended_before=LATER, limit=10) == ()  # and waits for nobody
        first.commit()


@pytest.mark.parametrize("kind", [Kind.CLAIMS, Kind.CHECK])
def test_what_is_forgotten_takes_its_own_words_along_and_nobody_elses(world: World, kind: Kind) -> None:
    over, still_open = refused("consent-1", kind), replace(ASKED, id="consent-2", kind=kind)
    keep(world, over, still_open)
    with world.open_work(write=True) as work:
        assert work.consents.forget(ended_before=LATER, limit=10) == (over.id,)
        work.commit()
    assert texts(world) == 1
    with world.open_work(write=False) as work:
        assert work.consents.find(over.id) is None
        found = work.consents.find(still_open.id)
    assert found is not None
    assert found.notice == SHOWN
