"""A resident signs an agency's document with iAM Smart: only a digest leaves, and nothing waits in memory."""

import json
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from msgspec.structs import replace

from gateway.endpoints.wire import Page
from gateway.endpoints.wire import Response as RimResponse
from gateway.regions.hongkong.anonymous_signing import HASH, hkic_hash
from tests.fakes.outside import GATEWAY_URL, SANDBOX_URL, Outside
from tests.fakes.signing_world import PERSON, RETURN, World, told
from tests.fixtures.signing import world
from trust.documents.signing import Signing, SigningState
from trust.storage.tables import audit_entries
from trust.storage.tables_signings import signings

__all__ = ["world"]  # a fixture


def test_a_resident_signs_and_the_document_lasts(world: World) -> None:
    asked = world.ask()
    assert (asked.status, told(asked)["state"]) == (201, "waiting")
    signing = told(asked)["id"]
    begun = world.begun(signing)
    page = world.outside.app.test_client().get(begun["url"], base_url=SANDBOX_URL).get_data(as_text=True)
    assert f'id="sign-code">{begun["code"]}<' in page  # the person compares the two
    assert len(begun["code"]) == 4
    world.restart()
    back = world.comes_back(world.outside.answer(begun["url"]).query)
    assert isinstance(back, RimResponse)
    assert back.status == 303
    assert dict(back.headers)["Location"] == f"{RETURN}?signing={signing}&signing_state=signed"
    shown = told(world.about(signing))
    assert (shown["state"], shown["level"]) == ("signed", "B-LTA")
    report = world.trust.verify(world.about(signing, "content").body)
    assert report.verdict.passed, report.as_json()
    first = report.as_json()["signatures"][0]
    assert (first["level"], first["territory"]) == ("B-LTA", "HK")
    assert len(world.desk.acknowledged) == 1


def test_only_a_digest_leaves_and_the_card_number_is_not_kept(world: World, sqlite_engine: sa.Engine) -> None:
    signing = told(world.ask())["id"]
    begun = world.begun(signing)
    world.comes_back(world.outside.answer(begun["url"]).query)
    assert max(len(body) for _, body in world.egress.sent) < 1500
    known_by = hkic_hash(PERSON.home.number)
    with sqlite_engine.connect() as connection:
        row = connection.execute(sa.select(signings)).mappings().one()
        opened = world.vault.open(row["sealed"], context=f"signing:{signing}").decode()
        events = [entry for (entry,) in connection.execute(sa.select(audit_entries.c.text))]
    assert known_by not in opened
    assert known_by not in str(dict(row))
    assert [json.loads(event)["kind"] for event in events] == [
        "signing_asked_for",
        "signing_begun",
        "document_signed_by_person",
    ]


@pytest.mark.parametrize(
    ("answer", "reason"), [("cancel", "cancelled"), ("reject", "rejected"), ("time_out", "timed_out")]
)
def test_who_does_not_sign_can_be_asked_again(world: World, answer: str, reason: str) -> None:
    signing = told(world.ask())["id"]
    world.comes_back(world.outside.answer(world.begun(signing)["url"], answer=answer).query)
    shown = told(world.about(signing))
    assert (shown["state"], shown["reason"]) == ("waiting", reason)
    assert world.about(signing, "content").status == 409
    world.comes_back(world.outside.answer(world.begun(signing)["url"]).query)
    assert told(world.about(signing))["state"] == "signed"


def test_who_comes_back_twice_changes_nothing(world: World) -> None:
    signing = told(world.ask())["id"]
    query = world.outside.answer(world.begun(signing)["url"]).query
    world.comes_back(query)
    first = world.about(signing, "content").body
    again = world.comes_back(query)
    assert isinstance(again, RimResponse)
    assert world.about(signing, "content").body == first


def test_nobody_comes_back_with_a_state_of_their_own(world: World) -> None:
    world.begun(told(world.ask())["id"])
    for state in ("", "guess"):
        page = world.comes_back({"state": state})
        assert isinstance(page, Page)
        assert (page.status, page.reason) == (404, "signing_unknown")


def test_a_signature_over_another_digest_is_not_taken(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    signing = told(world.ask())["id"]
    begun, honest = world.begun(signing), world.desk._sign
    monkeypatch.setattr(world.desk, "_sign", lambda wish: honest(replace(wish, digest=bytes(32))))
    world.comes_back(world.outside.answer(begun["url"]).query)
    shown = told(world.about(signing))
    assert (shown["state"], shown["reason"]) == ("waiting", "signature_does_not_hold")


def test_a_message_that_does_not_fit_is_not_taken(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    signing = told(world.ask())["id"]
    begun = world.begun(signing)
    monkeypatch.setattr(world.desk, "_sign", lambda wish: bytes(30_000))
    world.comes_back(world.outside.answer(begun["url"]).query)
    shown = told(world.about(signing))
    assert (shown["state"], shown["reason"]) == ("waiting", "signature_too_long")


def test_who_comes_too_late_is_told(world: World) -> None:
    signing = told(world.ask())["id"]
    query = world.outside.answer(world.begun(signing)["url"]).query
    world.outside.clock.move(timedelta(minutes=11))
    page = world.comes_back(query)
    assert isinstance(page, Page)
    assert page.reason == "signing_expired"
    world.outside.clock.move(timedelta(days=8))
    late = world.about(signing, "begin", hkic_hash=hkic_hash(PERSON.home.number), return_uri=RETURN)
    assert (late.status, late.reason) == (409, "signing_expired")


def test_what_a_hash_signature_makes_is_a_signature_of_the_document(world: World) -> None:
    world.kind = HASH
    world.restart()
    signing = told(world.ask())["id"]
    begun = world.begun(signing)
    page = world.outside.app.test_client().get(begun["url"], base_url=SANDBOX_URL).get_data(as_text=True)
    assert f'id="sign-code">{begun["code"]}<' in page
    world.restart()
    world.comes_back(world.outside.answer(begun["url"]).query)
    shown = told(world.about(signing))
    assert (shown["state"], shown.get("reason")) == ("signed", None)
    assert shown["level"] is None  # its message does not name the certificate: no PAdES
    pdf = world.about(signing, "content").body
    assert b"/SubFilter /adbe.pkcs7.detached" in pdf
    report = world.trust.verify(pdf)
    assert report.verdict.passed, report.as_json()
    assert max(len(body) for _, body in world.egress.sent) < 1500
    assert len(world.desk.acknowledged) == 1


def test_a_platform_that_hashes_once_more_is_found_out(world: World) -> None:
    world.kind, world.desk.signs_anew = HASH, True
    world.restart()
    signing = told(world.ask())["id"]
    world.comes_back(world.outside.answer(world.begun(signing)["url"]).query)
    shown = told(world.about(signing))
    assert (shown["state"], shown["reason"]) == ("waiting", "hash_signed_anew")


def test_a_person_can_begin_so_often(world: World) -> None:
    signing = told(world.ask())["id"]
    for _ in range(10):
        world.begun(signing)
    late = world.about(signing, "begin", hkic_hash=hkic_hash(PERSON.home.number), return_uri=RETURN)
    assert (late.status, late.reason) == (409, "signing_attempts_used_up")


def test_every_answer_says_where_the_person_signs(world: World) -> None:
    asked = told(world.ask())
    page = f"{GATEWAY_URL}/en/signings/{asked['id']}"
    assert asked["signing_url"] == told(world.about(asked["id"]))["signing_url"] == page
    assert world.begun(asked["id"])["signing_url"] == page


def test_an_agency_sees_and_begins_only_its_own(world: World) -> None:
    signing = told(world.ask())["id"]
    for what in ("show", "content", "begin"):
        assert world.about(signing, what, agency="other").status == 404
        assert world.about(signing, what, agency="nobody").status == 401


REFUSED: dict[str, tuple[dict[str, Any], int, str]] = {
    "a number that nobody has": (
        {"hkic_hash": hkic_hash("A1234563"), "return_uri": RETURN},
        400,
        "return_code_unexpected",
    ),
    "a number in the clear": ({"hkic_hash": PERSON.home.number, "return_uri": RETURN}, 400, "signer_malformed"),
    "an address of nobody": ({"hkic_hash": "x", "return_uri": "https://evil.test/"}, 400, "return_uri_unregistered"),
    "a number that is none": ({"hkic_hash": 7}, 400, "metadata_malformed"),
    "nobody, where the card is not known": ({}, 409, "signer_unknown"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_does_not_hold_begins_nothing(world: World, what: str) -> None:
    body, status, reason = REFUSED[what]
    signing = told(world.ask())["id"]
    answer = world.about(signing, "begin", **body)
    assert (answer.status, answer.reason) == (status, reason)
    assert told(world.about(signing))["state"] == "waiting"


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"title": ""}, "metadata_malformed"),
        ({"language": "fr"}, "metadata_malformed"),
        ({"subject": "x"}, "subject_unknown"),
    ],
)
def test_a_request_that_does_not_hold_is_refused(world: World, changed: dict[str, Any], reason: str) -> None:
    assert world.ask(**changed).reason == reason


def test_a_file_that_cannot_be_signed_is_refused(world: World) -> None:
    assert world.ask(pdf=b"text").reason == "not_a_pdf"


def test_nothing_personal_is_printed() -> None:
    shown = repr(
        Signing(
            id="1",
            agency="a",
            subject="s",
            title="Divorce",
            language="en",
            idempotency_key="k",
            request_digest="d",
            created_at=Outside.__init__.__defaults__,  # type: ignore[arg-type]  # not looked at
            expires_at=None,  # type: ignore[arg-type]
            state=SigningState.WAITING,
            memory="HKICHash",
        )
    )
    assert "Divorce" not in shown
    assert "HKICHash" not in shown
