"""An agency issues a record through the documents API; nothing is lost, and nobody sees another's."""

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, cast

import pytest
import sqlalchemy as sa
from msgspec.structs import replace

from tests.fakes.sealing_world import SealingWorld, plain_pdf
from tests.fakes.wire import Asked, Caller
from trust.custody.vault import Vault
from trust.documents.record import Record, State
from trust.endpoints.documents import DocumentsApi
from trust.endpoints.verifications import VerificationsApi
from trust.endpoints.wire import Request, Response
from trust.errors import KeyUnavailable, NotAuthorised, StampUnavailable
from trust.flows.issue_document import Issue, IssueDocument
from trust.flows.read_documents import ReadDocuments
from trust.flows.seal_pdf import SealedPdf
from trust.keys.key import Purpose
from trust.pades.source import admit
from trust.signing.profile import SealProfile
from trust.storage.blobs import Folder, SealedBlobs
from trust.storage.tables import audit_entries, documents
from trust.storage.unit_of_work import SqlWork
from trust.validation.report import Report

BOUNDARY = "line-between"


@dataclass
class Office:
    """The API over real storage; the timestamp authority can be switched off."""

    world: SealingWorld
    engine: sa.Engine
    folder: Path
    authority_answers: bool = True
    key_is_there: bool = True

    def __post_init__(self) -> None:
        keys = self.world.keys
        keys.generate(Purpose.DATA, "A256GCM", at=self.world.now)
        keys.generate(Purpose.INDEX, "HS256", at=self.world.now)
        vault = Vault(keys)
        self.work = SqlWork(self.engine, vault)
        self.blobs = SealedBlobs(Folder(self.folder), vault)
        tokens = iter(f"token-{number}" for number in range(1000))
        self.issue = IssueDocument(
            work=self.work,
            blobs=self.blobs,
            seal=self._seal,
            admit=admit,
            profile=self._profile,
            clock=self.world.clock,
            new_token=lambda: next(tokens),
        )
        self.api = DocumentsApi(
            issue_document=self.issue,
            read_documents=ReadDocuments(work=self.work, blobs=self.blobs),
            authorise=self._authorise,
            resolve=lambda agency, subject: "account-7" if subject == "pairwise-7" else None,
            largest=10_000_000,
            origin="https://gateway.test",
        )

    def _seal(self, pdf: bytes, profile: SealProfile) -> SealedPdf:
        if not self.key_is_there:
            raise KeyUnavailable("key_device_unreachable")
        if not self.authority_answers:
            raise StampUnavailable("stamp_authority_unreachable")
        return self.world.seal(pdf, profile)

    def _profile(self, record: Record) -> SealProfile:
        return SealProfile(agency="Agency", language=record.language)

    def _authorise(self, request: Request, scope: str) -> Caller:
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        if not token:
            raise NotAuthorised("token_missing")
        return Caller(token)

    def post(
        self, pdf: bytes, *, key: str = "key-1", agency: str = "agency-a", subject: str = "pairwise-7"
    ) -> Response:
        told = {"subject": subject, "title": {"zh-Hant": "受理回執"}, "kind": "acceptance_voucher"}
        return self.api.issue(Asked(headers=headers(key, agency), body=body(told, pdf)))

    def get(self, record_id: str, agency: str = "agency-a", *, content: bool = False) -> Response:
        handler = self.api.content if content else self.api.show
        asked = Asked(headers={"authorization": f"Bearer {agency}"}, captured={"id": record_id})
        return handler(asked)


def headers(key: str, agency: str) -> dict[str, str]:
    return {
        "authorization": f"Bearer {agency}",
        "content-type": f"multipart/form-data; boundary={BOUNDARY}",
        "idempotency-key": key,
    }


def body(told: object, pdf: bytes) -> bytes:
    metadata = json.dumps(told).encode()
    return (
        b'--line-between\r\nContent-Disposition: form-data; name="metadata"\r\n'
        b"Content-Type: application/json\r\n\r\n" + metadata + b"\r\n"
        b'--line-between\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n'
        b"Content-Type: application/pdf\r\n\r\n" + pdf + b"\r\n--line-between--\r\n"
    )


@pytest.fixture
def office(tmp_path: Path, sqlite_engine: sa.Engine) -> Office:
    return Office(SealingWorld.open(tmp_path), sqlite_engine, tmp_path / "blobs")


def told(response: Response) -> dict[str, object]:
    read: dict[str, object] = json.loads(response.body)
    return read


def test_a_record_is_sealed_and_its_content_verifies(office: Office) -> None:
    made = office.post(plain_pdf())
    assert made.status == 201
    assert told(made)["state"] == "sealed"
    page = str(told(made)["verification_url"])
    assert page.startswith("https://gateway.test/zh-Hant/v/")  # as the seal's code has it
    content = office.get(str(told(made)["id"]), content=True)
    assert office.world.verify(content.body).verdict.passed


def test_the_same_request_again_is_the_same_record(office: Office) -> None:
    pdf = plain_pdf()
    first, second = office.post(pdf), office.post(pdf)
    assert told(first)["id"] == told(second)["id"]
    assert office.engine.connect().scalar(sa.select(sa.func.count()).select_from(documents)) == 1


def test_one_key_for_two_requests_is_refused(office: Office) -> None:
    office.post(plain_pdf())
    assert told(office.post(plain_pdf(2)))["type"] == "/problems/idempotency_key_reused"


def test_when_the_authority_is_away_the_record_waits_and_is_sealed_later(office: Office) -> None:
    office.authority_answers = False
    waiting = office.post(plain_pdf())
    record_id = str(told(waiting)["id"])
    assert waiting.status == 202
    assert office.get(record_id, content=True).status == 409
    assert office.issue.seal_due() == 0  # not due yet
    office.authority_answers = True
    office.world.later(minutes=5)
    assert office.issue.seal_due() == 1
    assert told(office.get(record_id))["state"] == "sealed"
    assert office.issue.seal_due() == 0


def test_an_authority_that_hangs_leaves_the_worker_time_for_its_other_tasks(office: Office) -> None:
    office.authority_answers = False
    for number in (1, 2, 3):
        office.post(plain_pdf(), key=f"key-{number}")

    def hanging(_: bytes, __: SealProfile) -> SealedPdf:
        office.world.later(seconds=15)
        raise StampUnavailable("stamp_authority_unreachable")

    office.world.later(minutes=5)
    assert replace(office.issue, seal=hanging).seal_due() == 2
    office.authority_answers = True
    assert office.issue.seal_due() == 1  # the next turn begins with what waited longest


def test_when_the_key_is_away_the_record_waits_and_is_sealed_later(office: Office) -> None:
    office.key_is_there = False
    waiting = office.post(plain_pdf())
    assert (waiting.status, told(waiting)["reason"]) == (202, "key_device_unreachable")
    office.key_is_there = True
    office.world.later(minutes=5)
    assert office.issue.seal_due() == 1
    assert told(office.get(str(told(waiting)["id"])))["state"] == "sealed"


def test_a_record_that_waits_is_tried_after_longer_and_longer_and_shown_to_nobody(office: Office) -> None:
    office.authority_answers = False
    made = told(office.post(plain_pdf()))
    for seconds in (30, 60, 120):
        office.world.later(seconds=seconds - 1)
        assert office.issue.seal_due() == 0
        office.world.later(seconds=1)
        assert office.issue.seal_due() == 1
    with office.work(write=False) as unit:
        waiting = unit.records.find(str(made["id"]))
        assert waiting is not None
        assert unit.records.by_code(waiting.code) is None
        assert unit.records.of("account-7", limit=9) == ()


def test_a_record_that_was_sealed_or_refused_meanwhile_stays_so(office: Office) -> None:
    record_id = str(told(office.post(plain_pdf()))["id"])
    with office.work(write=True) as unit:
        sealed = unit.records.find(record_id)
        assert sealed is not None
        assert not unit.records.save(replace(sealed, state=State.RECEIVED, sealed_digest=None))


@pytest.mark.parametrize(
    "changed", [{"subject": "b"}, {"title": {"en": "Y"}}, {"kind": "k2"}, {"language": "pt"}, {"pdf": b"2"}]
)
def test_whatever_differs_makes_another_request(changed: dict[str, Any]) -> None:
    issue = Issue(agency="a", subject="a", title={"en": "X"}, kind="k", language="en", idempotency_key="key", pdf=b"1")
    assert replace(issue, **changed).request_digest != issue.request_digest
    assert replace(issue, idempotency_key="another").request_digest == issue.request_digest


def test_a_record_that_fails_in_a_way_that_nobody_foresaw_keeps_no_other_from_being_sealed(office: Office) -> None:
    office.authority_answers = False
    first, second = (str(told(office.post(plain_pdf(pages), key=f"key-{pages}"))["id"]) for pages in (1, 2))
    office.authority_answers = True
    seal = office.issue.seal

    def of_one_page(pdf: bytes, profile: SealProfile) -> SealedPdf:
        if pdf == plain_pdf():
            raise ZeroDivisionError
        return seal(pdf, profile)

    issue = replace(office.issue, seal=of_one_page)
    office.world.later(minutes=5)
    with pytest.raises(ZeroDivisionError):
        issue.seal_due()
    assert issue.seal_due() == 1
    assert told(office.get(first))["state"] == "received"
    assert told(office.get(second))["state"] == "sealed"
    for minutes in (2, 2, 4, 8):  # and is tried more and more seldom
        office.world.later(minutes=minutes, seconds=-1)
        assert issue.seal_due() == 0
        office.world.later(seconds=1)
        with pytest.raises(ZeroDivisionError):
            issue.seal_due()


def test_another_agency_is_not_told_that_the_record_exists(office: Office) -> None:
    record_id = str(told(office.post(plain_pdf()))["id"])
    assert office.get(record_id, "agency-b").status == office.get("nowhere", "agency-b").status == 404


def test_a_person_that_the_agency_does_not_know_is_refused(office: Office) -> None:
    assert office.post(plain_pdf(), subject="somebody").status == 422


@pytest.mark.parametrize(
    ("pdf", "reason"),
    [(b"", "empty"), (b"text", "not_a_pdf"), (b"%PDF-1.7\n" + bytes(99), "unreadable")],
)
def test_what_cannot_be_sealed_is_refused_and_not_kept(office: Office, pdf: bytes, reason: str) -> None:
    refused = office.post(pdf)
    assert (refused.status, told(refused)["type"]) == (422, f"/problems/{reason}")
    assert office.engine.connect().scalar(sa.select(sa.func.count()).select_from(documents)) == 0


GARBAGE = {
    "no token": (Asked(headers={}), 401),
    "no key": (Asked(headers={"authorization": "Bearer a"}), 400),
    "not multipart": (Asked(headers={**headers("k", "a"), "content-type": "application/pdf"}), 415),
    "no parts": (Asked(headers=headers("k", "a"), body=b"--line-between--\r\n"), 400),
    "cut short": (Asked(headers=headers("k", "a"), body=body({}, b"%PDF")[:-30]), 400),
    "no metadata": (Asked(headers=headers("k", "a"), body=body({}, b"%PDF")), 400),
    "metadata is a list": (Asked(headers=headers("k", "a"), body=body([], b"%PDF")), 400),
    "too large": (Asked(headers=headers("k", "a"), body=bytes(10_000_001)), 413),
}


@pytest.mark.parametrize("kind", GARBAGE)
def test_garbage_is_refused_with_a_problem_and_an_incident(office: Office, kind: str) -> None:
    request, status = GARBAGE[kind]
    refused = office.api.issue(request)
    assert refused.status == status
    assert dict(refused.headers)["Content-Type"] == "application/problem+json"
    assert told(refused)["instance"] == "urn:incident:incident-1"


def test_neither_database_nor_blobs_show_the_title_or_the_document(office: Office, tmp_path: Path) -> None:
    office.post(plain_pdf())
    kept = b"".join(file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())
    assert "受理回執".encode() not in kept
    assert b"\\u53d7\\u7406" not in kept
    assert b"%PDF-" not in kept


def test_the_history_is_chained_and_shows_a_missing_entry(office: Office) -> None:
    office.post(plain_pdf())
    with office.work(write=True) as unit:
        assert unit.audit.link(at=office.world.now) == 2  # received, sealed
        unit.commit()
    office.post(plain_pdf(2), key="key-2")
    with office.work(write=True) as unit:
        assert unit.audit.link(at=office.world.now) == 2
        assert unit.audit.check() is None
        unit.commit()
    with office.engine.begin() as connection:
        connection.execute(audit_entries.delete().where(audit_entries.c.number == 2))
    with office.work(write=False) as unit:
        assert unit.audit.check() == "entry_missing_or_added"


def test_the_history_shows_an_entry_that_was_put_behind_its_link(office: Office) -> None:
    office.post(plain_pdf())
    with office.work(write=True) as unit:
        unit.audit.link(at=office.world.now)
        unit.commit()
    with office.engine.begin() as connection:
        connection.execute(audit_entries.insert().values(number=99, at=0, text="{}", link=1))
    with office.work(write=False) as unit:
        assert unit.audit.check() == "entry_missing_or_added"


def test_anybody_may_have_a_file_verified(office: Office) -> None:
    verifier = office.world.verifier()

    def verify(data: bytes, *, name: str = "", at: datetime | None = None, policy: str = "ordinary") -> Report:
        return verifier(data, name=name, at=at)

    api = VerificationsApi(verify=cast("Any", verify), largest=1_000_000)  # digests are not asked here
    sealed = office.world.seal(plain_pdf()).content
    answered = api.post(Asked(headers={"content-type": "application/pdf"}, body=sealed))
    assert (answered.status, told(answered)["verdict"]) == (200, "PASSED")
    assert api.post(Asked(headers={}, body=sealed)).status == 415
