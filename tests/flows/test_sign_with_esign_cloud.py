"""A resident signs with a key that a trust service keeps: a digest leaves, and what they type is used once."""

import json
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from msgspec.structs import replace

from deploy.sandbox.people import residents
from deploy.sandbox.signature_holders import HOLDERS_PIN
from gateway.endpoints.wire import Response
from gateway.identity.region import Region
from tests.fakes.signing_world import Away, World, told
from tests.fixtures.signing import world
from trust.documents.signing import MOST_TRIES, Means, Signing, SigningState
from trust.errors import BlobsUnavailable, DocumentRefused, SigningFailed, TypedWrong
from trust.storage.tables import audit_entries
from trust.storage.tables_signings import signings

__all__ = ["world"]  # a fixture

HOLDER = residents(Region.MACAU)[0]
ACCOUNT = HOLDER.login


@pytest.fixture
def waiting(world: World) -> Signing:
    answer = told(world.ask(means="esign_cloud"))
    assert answer["means"] == "esign_cloud"
    return now(world, answer["id"])


def now(world: World, signing: str) -> Signing:
    found = world.sign.find_mine("account-7", signing)
    assert found is not None
    return found


def begun(world: World, signing: Signing, account: str = ACCOUNT) -> Signing:
    return world.sign.begin(signing, browser="", department="Registry", language="en", signer=account)


def typed(world: World, asked: Signing, *, pin: str = HOLDERS_PIN, code: str = "") -> Signing:
    return world.sign.finish(asked.at_platform, {"PIN": pin, "OTP": code or world.service.holders.sent_to(ACCOUNT)})


def test_a_resident_types_pin_and_code_and_the_document_lasts(world: World, waiting: Signing) -> None:
    asked = begun(world, waiting)
    assert [(one.id, one.one_time, one.numeric) for one in asked.question.typed] == [
        ("PIN", False, True),
        ("OTP", True, True),
    ]
    assert (asked.question.url, asked.question.code) == ("", "")
    assert asked.question.holder == HOLDER.home.latin_name
    world.restart()
    signed = typed(world, asked)
    assert (signed.state, signed.level) == (SigningState.SIGNED, "B-LTA")
    report = world.trust.verify(world.about(signed.id, "content").body)
    assert report.verdict.passed, report.as_json()
    first = report.as_json()["signatures"][0]
    assert (first["level"], first["territory"], first["signer"]) == ("B-LTA", "MO", HOLDER.home.latin_name)


def test_only_a_digest_leaves_and_nothing_that_was_typed_is_kept(
    world: World, waiting: Signing, sqlite_engine: sa.Engine
) -> None:
    asked = begun(world, waiting)
    code = world.service.holders.sent_to(ACCOUNT)
    typed(world, asked)
    sent = [body for path, body in world.egress.sent if "/esign/" in path]
    assert max(map(len, sent)) < 600
    with sqlite_engine.connect() as connection:
        row = connection.execute(sa.select(signings)).mappings().one()
        opened = world.vault.open(row["sealed"], context=f"signing:{waiting.id}").decode()
        events = [entry for (entry,) in connection.execute(sa.select(audit_entries.c.text))]
    for secret in (HOLDERS_PIN, code, ACCOUNT):
        assert secret not in opened
        assert not any(secret in event for event in events)
    assert [json.loads(event)["kind"] for event in events] == [
        "signing_asked_for",
        "signing_begun",
        "document_signed_by_person",
    ]


def test_who_types_wrongly_may_try_again(world: World, waiting: Signing, sqlite_engine: sa.Engine) -> None:
    asked = begun(world, waiting)
    for wrong in ({"pin": "000000"}, {"code": "abc"}):
        with pytest.raises(TypedWrong, match="typed_wrong"):
            typed(world, asked, **wrong)
    assert now(world, waiting.id).tries == 2
    assert typed(world, asked).state is SigningState.SIGNED
    with sqlite_engine.connect() as connection:
        events = [json.loads(entry)["kind"] for (entry,) in connection.execute(sa.select(audit_entries.c.text))]
    assert events.count("signing_code_wrong") == 2


def test_a_storage_that_is_away_uses_up_neither_a_try_nor_the_code(world: World, waiting: Signing) -> None:
    asked = begun(world, waiting)
    here, world.sign = world.sign, replace(world.sign, drafts=Away())
    for _ in range(MOST_TRIES):
        with pytest.raises(BlobsUnavailable):
            typed(world, asked)
    world.sign = here
    assert now(world, waiting.id).tries == 0
    assert typed(world, asked).state is SigningState.SIGNED


def test_who_types_wrongly_too_often_begins_anew(world: World, waiting: Signing) -> None:
    asked = begun(world, waiting)
    for _ in range(2):
        with pytest.raises(TypedWrong):
            typed(world, asked, code="no")
    ended = typed(world, asked, code="no")
    assert (ended.state, ended.reason) == (SigningState.WAITING, "codes_used_up")
    with pytest.raises(DocumentRefused, match="signing_unknown"):
        typed(world, asked)  # the right code comes too late
    assert typed(world, begun(world, ended)).state is SigningState.SIGNED


def test_tries_are_counted_though_they_come_at_once(world: World, waiting: Signing) -> None:
    asked = begun(world, waiting)
    with world.sign.work(write=True) as unit:  # as three others would that read what this one has read
        assert [unit.signings.count("tries", asked, most=3) for _ in range(4)] == [True, True, True, False]
        unit.commit()
    before = len(world.egress.sent)
    assert typed(world, asked).reason == "codes_used_up"
    assert len(world.egress.sent) == before  # the service was not asked


def test_another_code_can_be_sent_twice_and_the_newest_holds(world: World, waiting: Signing) -> None:
    asked = begun(world, waiting)
    first = world.service.holders.sent_to(ACCOUNT)
    for _ in range(2):
        world.sign.send_again(now(world, waiting.id))
    assert world.service.holders.sent_to(ACCOUNT) != first
    with pytest.raises(DocumentRefused, match="codes_used_up"):
        world.sign.send_again(now(world, waiting.id))
    with pytest.raises(TypedWrong):
        typed(world, asked, code=first)
    assert typed(world, asked).state is SigningState.SIGNED


def test_a_code_is_sent_only_to_who_is_asked_for_one(world: World, waiting: Signing) -> None:
    with pytest.raises(DocumentRefused, match="signing_not_begun"):
        world.sign.send_again(waiting)
    with pytest.raises(DocumentRefused, match="signing_not_begun"):
        world.sign.send_again(begun(world, waiting, f"{ACCOUNT}@web"))


def test_time_passes(world: World, waiting: Signing) -> None:
    asked = begun(world, waiting)
    world.outside.clock.move(timedelta(minutes=10))
    with pytest.raises(DocumentRefused, match="signing_expired"):
        typed(world, asked)
    with pytest.raises(DocumentRefused, match="signing_expired"):
        world.sign.send_again(asked)
    assert told(world.about(waiting.id))["state"] == "waiting"  # without anybody having written it down
    assert typed(world, begun(world, now(world, waiting.id))).state is SigningState.SIGNED


def test_who_does_not_want_to_leaves_nothing_at_the_platform(world: World, waiting: Signing) -> None:
    asked = begun(world, waiting)
    stopped = world.sign.cancel(asked)
    assert (stopped.state, stopped.reason, stopped.memory) == (SigningState.WAITING, "cancelled", "")
    with pytest.raises(DocumentRefused, match="signing_unknown"):
        typed(world, asked)


def test_an_account_that_nobody_has_signs_nothing(world: World, waiting: Signing) -> None:
    with pytest.raises(SigningFailed, match="signer_unknown"):
        begun(world, waiting, "nobody")
    with pytest.raises(DocumentRefused, match="signer_unknown"):
        begun(world, waiting, "")


def test_guessing_accounts_ends(world: World, waiting: Signing) -> None:
    for number in range(10):
        with pytest.raises(SigningFailed):
            begun(world, now(world, waiting.id), f"guess-{number}")
    with pytest.raises(DocumentRefused, match="signing_attempts_used_up"):
        begun(world, now(world, waiting.id))


def test_a_service_that_is_away_is_told(world: World, waiting: Signing) -> None:
    asked = begun(world, waiting)
    world.egress.down = True
    assert typed(world, asked, code="1").reason == "key_service_unreachable"
    with pytest.raises(SigningFailed, match="key_service_unreachable"):
        begun(world, now(world, waiting.id))


def test_a_key_can_be_released_at_the_service_itself(world: World, waiting: Signing) -> None:
    asked = begun(world, waiting, f"{ACCOUNT}@web")
    assert asked.question.typed == ()
    world.restart()
    back = world.comes_back(world.outside.answer(asked.question.url).query)
    assert isinstance(back, Response)
    assert dict(back.headers)["Location"] == f"/en/signings/{waiting.id}"  # the agency named no address
    signed = now(world, waiting.id)
    assert signed.state is SigningState.SIGNED
    report = world.trust.verify(world.about(signed.id, "content").body)
    assert report.verdict.passed, report.as_json()


def test_who_does_not_release_it_there_has_not_signed(world: World, waiting: Signing) -> None:
    asked = begun(world, waiting, f"{ACCOUNT}@web")
    world.comes_back(world.outside.answer(asked.question.url, answer="cancel").query)
    after = now(world, waiting.id)
    assert (after.state, after.reason) == (SigningState.WAITING, "rejected")


def test_a_code_of_the_browser_releases_nothing_without_what_we_kept(world: World, waiting: Signing) -> None:
    asked = begun(world, waiting, f"{ACCOUNT}@web")
    query = dict(world.outside.answer(asked.question.url).query)
    world.comes_back(query | {"code": "guess"})
    assert now(world, waiting.id).state is SigningState.WAITING


def test_a_person_signs_with_what_they_have(world: World) -> None:
    world.persons.known = {Means.ESIGN_CLOUD: ""}
    assert told(world.ask())["means"] == "esign_cloud"
    assert told(world.ask(key="key-2", means="iam_smart"))["means"] == "iam_smart"


def test_an_agency_cannot_begin_for_who_types_on_our_page(world: World, waiting: Signing) -> None:
    assert world.about(waiting.id, "begin").reason == "signing_on_page_only"


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"means": "pencil"}, "metadata_malformed"),
        ({"means": 7}, "metadata_malformed"),
        ({"return_uri": 7}, "metadata_malformed"),
        ({"return_uri": "https://evil.test/"}, "return_uri_unregistered"),
    ],
)
def test_a_wish_that_does_not_hold_is_refused(world: World, changed: dict[str, Any], reason: str) -> None:
    assert world.ask(**changed).reason == reason
