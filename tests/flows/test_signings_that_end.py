"""Signings end once, whoever comes late, and leave nothing behind that nobody needs."""

import json
from collections.abc import Mapping
from contextlib import AbstractContextManager
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from msgspec.structs import replace

from gateway.endpoints.wire import Page
from gateway.regions.hongkong.anonymous_signing import hkic_hash
from tests.fakes.sealing_world import plain_pdf
from tests.fakes.signing_world import PERSON, RETURN, Away, World, kept_in, told
from tests.fixtures.databases import make_tables
from tests.flows.test_issue_documents import Office
from trust.documents.signing import LIVES, Means, Signing, SigningState
from trust.errors import BlobsUnavailable, DocumentRefused
from trust.ports.person_signing import Begun, Unit, Wish
from trust.storage.tables import audit_entries, metadata
from trust.storage.tables_signings import signings


@pytest.fixture
def engine(empty_engine: sa.Engine) -> sa.Engine:
    """On each database: what ends a signing, and what is counted, is settled there."""
    make_tables(empty_engine, metadata)
    return empty_engine


@pytest.fixture
def world(tmp_path: Path, engine: sa.Engine) -> World:
    (tmp_path / "trust").mkdir()
    return World(tmp_path, engine)


def asked_for(world: World, *, key: str = "key-1") -> Signing:
    signing = world.sign.find("registry", str(told(world.ask(key=key))["id"]))
    assert signing is not None
    return signing


def test_what_nobody_signed_in_its_time_is_over(world: World, engine: sa.Engine) -> None:
    left, done = told(world.ask())["id"], told(world.ask(key="key-2"))["id"]
    world.comes_back(world.outside.answer(world.begun(done)["url"]).query)
    world.begun(left)
    assert world.end() == 0
    world.outside.clock.move(timedelta(days=8))
    assert world.end() == 1
    assert world.end() == 0
    assert [told(world.about(each))["state"] for each in (left, done)] == ["expired", "signed"]
    late = world.about(left, "begin", hkic_hash=hkic_hash(PERSON.home.number), return_uri=RETURN)
    assert late.reason == "signing_expired"
    with engine.connect() as connection:
        texts = connection.execute(sa.select(audit_entries.c.text)).scalars().all()
    assert [json.loads(text)["actor"] for text in texts if '"signing_expired"' in text] == ["gateway"]  # not the person


def test_a_signing_that_ends_while_the_platform_is_asked_is_not_begun(world: World) -> None:
    signing = told(world.ask())["id"]
    honest = world.sign.signers[Means.IAM_SMART]

    class Slowly:
        names_certificate = True

        def begin(self, wish: Wish) -> Begun:
            begun = honest.begin(wish)
            world.outside.clock.move(timedelta(days=8))
            world.end()
            return begun

        def send_again(self, memory: Mapping[str, str]) -> None:
            honest.send_again(memory)

        def finish(self, memory: Mapping[str, str], answer: Mapping[str, str]) -> bytes:
            return honest.finish(memory, answer)

    slowly = replace(world.sign, signers={Means.IAM_SMART: Slowly()})
    asked = world.sign.find("registry", signing)
    assert asked is not None
    with pytest.raises(DocumentRefused, match="signing_expired"):
        slowly.begin(asked, browser="", department="", language="en", signer=hkic_hash(PERSON.home.number))
    assert told(world.about(signing))["state"] == "expired"


def test_what_is_signed_or_over_leaves_no_other_bytes_behind(world: World, tmp_path: Path) -> None:
    left, done = told(world.ask())["id"], told(world.ask(key="key-2", pdf=plain_pdf(2)))["id"]
    world.outside.clock.move(timedelta(seconds=1))
    other = told(world.ask(key="key-3"))["id"]  # the same document, and with another moment in it
    assert len(kept_in(tmp_path)) == 3
    world.comes_back(world.outside.answer(world.begun(done)["url"]).query)
    assert len(kept_in(tmp_path)) == 4
    world.end()
    assert len(kept_in(tmp_path)) == 3
    world.outside.clock.move(LIVES - timedelta(seconds=1))
    world.end()
    assert [told(world.about(each))["state"] for each in (left, other)] == ["expired", "waiting"]
    assert len(kept_in(tmp_path)) == 2
    assert world.about(done, "content").status == 200
    world.outside.clock.move(timedelta(seconds=1))
    world.end()
    assert len(kept_in(tmp_path)) == 1
    with world.sign.work(write=False) as unit:
        assert unit.signings.leftovers(limit=9) == ()  # nor the worker anything to forget again


def test_two_signings_of_one_document_take_nothing_from_each_other(world: World, tmp_path: Path) -> None:
    pdf = plain_pdf()
    first, second = told(world.ask(pdf=pdf))["id"], told(world.ask(key="key-2", pdf=pdf))["id"]
    assert len(kept_in(tmp_path)) == 2
    world.comes_back(world.outside.answer(world.begun(first)["url"]).query)
    world.end()
    world.comes_back(world.outside.answer(world.begun(second)["url"]).query)
    assert told(world.about(second))["state"] == "signed"
    world.end()
    assert len(kept_in(tmp_path)) == 2  # both as they are signed


def test_a_record_of_the_very_bytes_that_waited_outlasts_the_signing(world: World, tmp_path: Path) -> None:
    """The person was shown the document as it waits and passed it on; the agency issues it as a record."""
    waiting = asked_for(world)
    content = world.sign.content(waiting)
    assert content is not None
    office = Office(world.trust, world.engine, tmp_path / "blobs", authority_answers=False)
    record = told(office.post(content))
    assert record["state"] == "received"
    world.outside.clock.move(timedelta(days=8))
    assert world.end() == 1
    office.authority_answers = True
    world.trust.now += timedelta(hours=1)
    assert office.issue.seal_due() == 1
    assert told(office.get(str(record["id"])))["state"] == "sealed"


def test_a_document_can_be_read_while_it_waits_and_once_it_is_signed(world: World) -> None:
    waiting, left = asked_for(world), asked_for(world, key="key-2")
    as_it_waits = world.sign.content(waiting)
    assert as_it_waits is not None
    assert as_it_waits == world.sign.content(waiting)
    world.comes_back(world.outside.answer(world.begun(waiting.id)["url"]).query)
    world.end()
    assert world.sign.content(waiting) is None  # for who asked before it was signed
    signed = world.sign.find("registry", waiting.id)
    assert signed is not None
    assert world.sign.content(signed) == world.about(waiting.id, "content").body != as_it_waits
    world.outside.clock.move(LIVES)
    assert world.sign.content(left) is None  # its time has passed, and nobody has written that down yet


def test_an_answer_that_finds_the_draft_gone_is_told_how_the_signing_stands(world: World) -> None:
    answer = world.outside.answer(world.begun(asked_for(world).id)["url"]).query

    class TakenMeanwhile:
        """The same answer came to another worker too, and signed."""

        def get(self, signing_id: str) -> bytes | None:
            world.comes_back(answer)
            world.end()
            return world.drafts.get(signing_id)

        keep, forget = world.drafts.keep, world.drafts.forget

    stands = replace(world.sign, drafts=TakenMeanwhile()).finish(answer["state"], answer)
    assert stands.state is SigningState.SIGNED
    assert stands == world.sign.find("registry", stands.id)


def test_an_answer_that_finds_the_storage_away_is_good_again_later(world: World) -> None:
    signing = asked_for(world)
    answer = world.outside.answer(world.begun(signing.id)["url"]).query
    here, world.sign = world.sign, replace(world.sign, drafts=Away())
    assert world.comes_back(answer) == Page(status=503, reason="object_storage_unreachable", incident="")
    world.sign = here
    world.comes_back(answer)
    assert told(world.about(signing.id))["state"] == "signed"


def test_of_two_requests_that_come_together_one_draft_is_kept(world: World, tmp_path: Path) -> None:
    """The second has looked before the first was written."""
    pdf, api = plain_pdf(), world.api

    def together(*, write: bool) -> AbstractContextManager[Unit]:
        if write:
            world.api = api
            world.ask(pdf=pdf)
        return api.ask_for.work(write=write)

    world.api = replace(api, ask_for=replace(api.ask_for, work=together))
    assert told(world.ask(pdf=pdf))["id"] == told(world.ask(pdf=pdf))["id"]
    assert len(kept_in(tmp_path)) == 1


def test_a_storage_that_is_away_is_asked_to_forget_again(world: World, tmp_path: Path) -> None:
    world.ask()
    world.outside.clock.move(timedelta(days=8))
    with pytest.raises(BlobsUnavailable):
        replace(world.end, drafts=Away())()
    assert len(kept_in(tmp_path)) == 1
    assert world.end() == 0
    assert kept_in(tmp_path) == []


def test_drafts_are_forgotten_one_by_one(world: World) -> None:
    both = {told(world.ask(key=key))["id"] for key in ("key-1", "key-2")}
    world.outside.clock.move(timedelta(days=8))
    with pytest.raises(BlobsUnavailable):
        replace(world.end, drafts=Away())()
    with world.sign.work(write=True) as unit:
        (first,) = unit.signings.leftovers(limit=1)
        unit.signings.forget_leftover(first)
        assert unit.signings.leftovers(limit=9) == tuple(both - {first})


def test_what_is_counted_is_counted_once_each_and_begins_anew_with_an_attempt(world: World) -> None:
    signing = told(world.ask())["id"]
    world.begun(signing)
    asked = world.sign.find("registry", signing)
    assert asked is not None
    assert (asked.attempts, asked.tries, asked.sends) == (1, 0, 0)
    with world.sign.work(write=True) as unit:
        assert [unit.signings.count("tries", asked, most=2) for _ in range(3)] == [True, True, False]
        assert unit.signings.count("sends", asked, most=1)
        unit.commit()
    world.begun(signing)
    again = world.sign.find("registry", signing)
    assert again is not None
    assert (again.attempts, again.tries, again.sends) == (2, 0, 0)
    with world.sign.work(write=True) as unit:
        assert not unit.signings.count("tries", asked, most=2)  # somebody has begun anew meanwhile


def test_a_late_failure_undoes_neither_a_signature_nor_a_later_attempt(world: World) -> None:
    signing = told(world.ask())["id"]
    world.begun(signing)
    with world.sign.work(write=False) as unit:
        asked = unit.signings.find(signing)
    assert asked is not None
    failed = replace(asked, state=SigningState.WAITING, at_platform="")
    world.begun(signing)
    with world.sign.work(write=True) as unit:
        assert not unit.signings.save(failed, under=asked.at_platform)
        assert unit.signings.save(replace(asked, state=SigningState.SIGNED))
        assert not unit.signings.save(failed)
        assert not unit.signings.add(replace(asked, id="another", subject="account-8"))
        unit.commit()
    assert told(world.about(signing))["state"] == "signed"


def test_a_request_that_comes_twice_makes_one_signing(world: World) -> None:
    pdf = plain_pdf()
    assert told(world.ask(pdf=pdf))["id"] == told(world.ask(pdf=pdf))["id"]
    assert world.ask(pdf=plain_pdf(2)).reason == "idempotency_key_reused"


def test_whom_and_what_an_ended_signing_was_about_is_forgotten_after_its_time(world: World, engine: sa.Engine) -> None:
    left, done = told(world.ask())["id"], told(world.ask(key="key-2"))["id"]
    world.comes_back(world.outside.answer(world.begun(done)["url"]).query)
    world.outside.clock.move(LIVES)
    world.end()
    before = [told(world.about(each)) for each in (left, done)]
    world.outside.clock.move(timedelta(days=90) - timedelta(seconds=1))
    assert world.forget() == 0
    assert world.sign.find_mine("account-7", left) is not None
    world.outside.clock.move(timedelta(seconds=1))
    assert [world.forget(), world.forget()] == [2, 0]
    with engine.connect() as connection:
        rows = connection.execute(sa.select(signings)).mappings().all()
    assert [(row["subject"], row["sealed"], row["request_digest"], row["digest"]) for row in rows] == [
        ("", b"", "", b"")
    ] * 2
    # what the agency may ask for is as it was
    assert [told(world.about(each)) for each in (left, done)] == before
    assert world.about(done, "content").status == 200
    assert world.about(left, "begin").reason == "signing_expired"
    assert world.ask().reason == "idempotency_key_reused"


def test_what_can_still_be_signed_is_not_forgotten_nor_what_nobody_has_ended_yet(world: World) -> None:
    signing = asked_for(world)
    forget = replace(world.forget, memory=timedelta(days=1))
    world.outside.clock.move(LIVES)
    assert forget() == 0
    world.outside.clock.move(timedelta(days=2))
    assert forget() == 0  # the worker was away: it ends first
    assert world.sign.find_mine("account-7", signing.id) == signing
    world.end()
    assert forget() == 1
