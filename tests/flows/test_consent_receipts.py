"""Consent records and receipts: bound to the words, whole, and checkable by anybody."""

import base64
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from gateway.errors import NotFound, StepRefused
from gateway.identity import receipt
from gateway.identity.consent import Kind, broken_at
from gateway.identity.receipt import Disproved, Proved
from tests.fakes.resident_world import AGENCY, BROWSER, CHECK, REQUEST, World, make_world

WITH_CHECK = replace(REQUEST, claims={}, authorization_details=(CHECK,), ui_locales=("en",))


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = make_world(f"sqlite:///{tmp_path / 'gateway.db'}")
    yield made
    made.engine.dispose()


def checking(world: World) -> tuple[str, str]:
    cookie = world.bound()
    return world.asked(WITH_CHECK, cookie), world.account(cookie)


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


def test_receipts_of_two_agencies_hold_nothing_by_which_they_could_know_one_person(world: World) -> None:
    other = replace(AGENCY, id="cotton-tree-library", agency="cotton-tree", names={"en": "Cotton Tree Library"})
    with world.open_work(write=True) as work:
        work.clients.save(other)
        work.commit()
    world.clock.passes(microseconds=123_456)
    cookie = world.bound()
    for client in (AGENCY, other):
        sign_in = world.asked(replace(REQUEST, client=client.id), cookie)
        world.sign_ins.agree_claims(sign_in, BROWSER, world.answer(sign_in), optional=frozenset())
        world.clock.passes(seconds=1)
    account = world.account(cookie)
    heads = []
    for line in world.consents.list(account):
        proved = receipt.verify(world.consents.receipt(account, line.id), world.signer.keys())
        assert isinstance(proved, Proved)
        heads += [proved.content["head"]] if line.kind is Kind.CLAIMS else []
    assert len(heads) == 2
    for name in ("subject_ref", "session_ref"):
        assert heads[0]["header"][name] != heads[1]["header"][name]
    assert heads[0]["processing"]["binding"] != heads[1]["processing"]["binding"]
    assert {head["header"]["auth_event_at"][-8:] for head in heads} == {".000000Z"}  # no finer than an ID token's
    own = (account, *(line.id for line in world.links.list(account)))
    assert not any(name in json.dumps(heads) for name in own)


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
