"""A resident signs an agency's document with iAM Smart: only a digest leaves, and nothing waits in memory."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from deploy.composing import sealing
from deploy.composing.signers import CALLBACK, IamSmartSigner
from deploy.composing.signings import UpToKnownAuthorities, returned
from deploy.database import make_engine
from deploy.sandbox.app import create_sandbox
from deploy.sandbox.hongkong_signing import SigningDesk
from deploy.sandbox.people import residents
from gateway.endpoints.wire import Page
from gateway.endpoints.wire import Request as RimRequest
from gateway.endpoints.wire import Response as RimResponse
from gateway.identity.region import Region
from gateway.regions.hongkong.adapter import HongKong
from gateway.regions.hongkong.anonymous_signing import HASH, PDF, AnonymousSigning, Kind, hkic_hash
from tests.fakes.outside import GATEWAY_URL, SANDBOX_URL, Outside, WsgiEgress
from tests.fakes.sealing_world import SealingWorld, Surveying, plain_pdf
from trust.custody.vault import Vault
from trust.documents.signing import LIVES, Means, Signing, SigningState
from trust.endpoints.signings import SigningsApi
from trust.endpoints.wire import Request as WireRequest
from trust.endpoints.wire import Response
from trust.errors import BlobsUnavailable, NotAuthorised
from trust.flows.ask_for_signature import AskForSignature
from trust.flows.complete_signature import CompleteSignature
from trust.flows.end_signings import EndSignings
from trust.flows.sign_with_person import SignWithPerson
from trust.keys.key import Purpose
from trust.network.revocation import RemoteRevocationSource
from trust.network.timestamps import RemoteTimestampAuthority
from trust.pades import reader
from trust.pades.person_message import PersonMessages
from trust.pades.writer import PdfWriter
from trust.storage.blobs import Folder, SealedBlobs
from trust.storage.tables import audit_entries, metadata
from trust.storage.tables_signings import signings
from trust.storage.unit_of_work import SqlWork

RETURN = "https://agency.test/signed"
PERSON = next(iter(residents(Region.HONG_KONG)))


@dataclass(frozen=True, kw_only=True)
class Request:
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    query: str = ""
    captured: Mapping[str, str] = field(default_factory=dict)
    path: str = "/api/v1/signings"
    incident: str = "incident-1"


@dataclass(frozen=True)
class Caller:
    agency: str


class Agencies:
    def name(self, agency: str, language: str) -> str:
        return "Registry of Ferries"

    def may_return_to(self, agency: str, url: str) -> bool:
        return url == RETURN


class Check:
    """Reads here: containment has its own tests."""

    def __call__(self, pdf: bytes) -> str | None:
        last = max(reader.read(pdf).signatures, key=lambda one: one.end)
        return None if last.cms.intact and last.cms.genuine and last.covers_file else "signature_does_not_hold"


class Persons:
    """Nobody's card is known here: the agency says it."""

    def means(self, account: str) -> Mapping[Means, str]:
        return {}


class World:
    """The gateway's side over real storage, and simulated iAM Smart."""

    def __init__(self, folder: Path, engine: sa.Engine) -> None:
        self.kind: Kind = PDF
        self.trust = SealingWorld.open(folder / "trust")
        self.outside = Outside(folder / "outside")
        self.trust.now = self.outside.clock()
        self.desk = SigningDesk(self.trust.authorities, gateway_url=GATEWAY_URL, clock=self.outside.clock)
        self.outside.app = create_sandbox(
            data_dir=folder / "outside",
            gateway_url=GATEWAY_URL,
            sandbox_url=SANDBOX_URL,
            clock=self.outside.clock,
            send=self.outside.egress,
            signing_desk=self.desk,
        )
        self.egress = WsgiEgress(self.outside.app)
        self.engine = engine
        keys = self.trust.keys
        keys.generate(Purpose.DATA, "A256GCM", at=self.trust.now)
        keys.generate(Purpose.INDEX, "HS256", at=self.trust.now)
        self.vault = Vault(keys)
        self.blobs = SealedBlobs(Folder(folder / "blobs"), self.vault)
        self.restart()

    def restart(self) -> None:
        """Everything that was in memory is gone."""
        settings = self.outside.settings.hongkong
        assert settings is not None
        connector = HongKong(settings, egress=self.egress, clock=self.outside.clock)
        platform = AnonymousSigning(
            kind=self.kind,
            ask=connector.ask,
            settings=settings,
            redirect_uri=f"{GATEWAY_URL}{CALLBACK}",
            new_id=lambda: self.outside.new_token()[-36:],
        )
        work, writer = SqlWork(self.engine, self.vault), PdfWriter(Surveying())
        signers = {Means.IAM_SMART: IamSmartSigner(platform=platform, messages=PersonMessages())}
        self.sign = SignWithPerson(
            work=work,
            blobs=self.blobs,
            signers=signers,
            persons=Persons(),
            complete=CompleteSignature(
                writer=writer,
                check=Check(),
                stamps=RemoteTimestampAuthority(self.trust.egress, ("http://sandbox.test/pki/HK/tsa",)),
                revocation=RemoteRevocationSource(self.trust.egress, self.trust.clock),
                complete=UpToKnownAuthorities(snapshot=lambda: sealing.snapshot(self.trust.authorities)),
            ),
            names={"en": "Bay Gateway"},
            clock=self.outside.clock,
            new_token=self.outside.new_token,
        )
        self.end = EndSignings(work=work, blobs=self.blobs, clock=self.outside.clock)
        self.api = SigningsApi(
            ask_for=AskForSignature(
                work=work,
                blobs=self.blobs,
                writer=writer,
                signers=signers,
                persons=Persons(),
                clock=self.outside.clock,
                new_token=self.outside.new_token,
            ),
            sign=self.sign,
            authorise=self._authorise,
            resolve=lambda agency, subject: "account-7" if subject == "pairwise-7" else None,
            agencies=Agencies(),
            largest=1_000_000,
            origin=GATEWAY_URL,
        )

    def _authorise(self, request: WireRequest, scope: str) -> Caller:
        if request.headers.get("authorization") not in ("Bearer registry", "Bearer other"):
            raise NotAuthorised("token_missing")
        return Caller(request.headers["authorization"].removeprefix("Bearer "))

    def ask(self, *, key: str = "key-1", pdf: bytes | None = None, **told: object) -> Response:
        metadata_ = {"subject": "pairwise-7", "title": "Application for a mooring", "language": "en"} | told
        body = b"--b\r\nContent-Disposition: form-data; name=metadata\r\n\r\n".replace(b"=metadata", b'="metadata"')
        body += json.dumps(metadata_).encode() + b'\r\n--b\r\nContent-Disposition: form-data; name="file"\r\n\r\n'
        body += (pdf or plain_pdf()) + b"\r\n--b--\r\n"
        headers = {
            "authorization": "Bearer registry",
            "idempotency-key": key,
            "content-type": "multipart/form-data; boundary=b",
        }
        return self.api.ask(Request(headers=headers, body=body))

    def about(self, signing: str, what: str = "show", agency: str = "registry", **body: object) -> Response:
        request = Request(
            headers={"authorization": f"Bearer {agency}"},
            captured={"id": signing},
            body=json.dumps(body).encode(),
        )
        handler = {"show": self.api.show, "content": self.api.content, "begin": self.api.begin}[what]
        return handler(request)

    def begun(self, signing: str) -> dict[str, Any]:
        answer = self.about(signing, "begin", hkic_hash=hkic_hash(PERSON.home.number), return_uri=RETURN)
        assert answer.status == 200, answer.body
        told: dict[str, Any] = json.loads(answer.body)
        return told

    def comes_back(self, query: Mapping[str, str]) -> RimResponse | Page:
        text = "&".join(f"{name}={value}" for name, value in query.items())
        return returned(self.sign)(RimRequest(method="GET", path=CALLBACK, query=text, headers={}, body=b""))


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[sa.Engine]:
    made = make_engine(f"sqlite:///{tmp_path / 'gateway.db'}")
    metadata.create_all(made)
    yield made
    made.dispose()


@pytest.fixture
def world(tmp_path: Path, engine: sa.Engine) -> World:
    (tmp_path / "trust").mkdir()
    return World(tmp_path, engine)


def kept_in(folder: Path) -> list[Path]:
    return [path for path in (folder / "blobs").rglob("*") if path.is_file()]


class Away:
    """A storage that does not answer."""

    def put(self, content: bytes) -> str:
        raise BlobsUnavailable("object_storage_unreachable")

    def get(self, digest: str) -> bytes:
        raise BlobsUnavailable("object_storage_unreachable")

    def forget(self, digest: str) -> None:
        raise BlobsUnavailable("object_storage_unreachable")


def told(answer: Response) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(answer.body)
    return read


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


def test_only_a_digest_leaves_and_the_card_number_is_not_kept(world: World, engine: sa.Engine) -> None:
    signing = told(world.ask())["id"]
    begun = world.begun(signing)
    world.comes_back(world.outside.answer(begun["url"]).query)
    assert max(len(body) for _, body in world.egress.sent) < 1500
    known_by = hkic_hash(PERSON.home.number)
    with engine.connect() as connection:
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


def test_what_nobody_signed_in_its_time_is_over(world: World) -> None:
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


def test_bytes_that_another_signing_needs_stay(world: World, tmp_path: Path) -> None:
    pdf = plain_pdf()
    first, second = told(world.ask(pdf=pdf))["id"], told(world.ask(key="key-2", pdf=pdf))["id"]
    assert len(kept_in(tmp_path)) == 1
    world.comes_back(world.outside.answer(world.begun(first)["url"]).query)
    world.end()
    world.comes_back(world.outside.answer(world.begun(second)["url"]).query)
    assert told(world.about(second))["state"] == "signed"
    world.end()
    assert len(kept_in(tmp_path)) == 2  # both as they are signed


def test_a_storage_that_is_away_is_asked_to_forget_again(world: World, tmp_path: Path) -> None:
    world.ask()
    world.outside.clock.move(timedelta(days=8))
    with pytest.raises(BlobsUnavailable):
        replace(world.end, blobs=Away())()
    assert len(kept_in(tmp_path)) == 1
    assert world.end() == 0
    assert kept_in(tmp_path) == []


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
    "nobody, where the card is not known": ({}, 422, "signer_unknown"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_does_not_hold_begins_nothing(world: World, what: str) -> None:
    body, status, reason = REFUSED[what]
    signing = told(world.ask())["id"]
    answer = world.about(signing, "begin", **body)
    assert (answer.status, answer.reason) == (status, reason)
    assert told(world.about(signing))["state"] == "waiting"


def test_a_request_that_comes_twice_makes_one_signing(world: World) -> None:
    pdf = plain_pdf()
    assert told(world.ask(pdf=pdf))["id"] == told(world.ask(pdf=pdf))["id"]
    assert world.ask(pdf=plain_pdf(2)).reason == "idempotency_key_reused"


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
