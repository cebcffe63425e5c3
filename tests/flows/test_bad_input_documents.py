"""An agency that may issue and sends nonsense: told what is wrong each time, and nothing is kept of it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import httpx
import pikepdf
import pytest
import sqlalchemy as sa

from deploy.clock import now
from deploy.composing.world import new_token
from deploy.database import make_engine
from deploy.egress import Egress
from deploy.journey import simulator
from deploy.journey.person import with_phone
from deploy.journey.stack import Stack
from deploy.journey.stage import stage_of
from deploy.sandbox.agency import keys
from deploy.sandbox.agency.names import CLIENT_ID
from deploy.sandbox.agency.provider import Provider
from deploy.sandbox.agency.proving import Proving
from deploy.sandbox.agency.record import printed
from deploy.sandbox.agency.sign_in import RelyingParty

GOOD = printed(application="KBR-2026-000009", subject="pairwise", claims={}, at=now())


@dataclass(frozen=True, kw_only=True)
class Agency:
    """The sandbox's agency outside its pages, with its own token."""

    running: Stack
    proving: Proving
    token: str
    subject: str

    def send(
        self, *, body: bytes | None = None, kind: str = "", key: str | None = "", **parts: object
    ) -> httpx.Response:
        url = f"{self.running.gateway}/api/v1/documents"
        headers = {**self.proving.headers("POST", url, self.token), "accept": "application/json"}
        if key is not None:
            headers["idempotency-key"] = key or new_token()
        if body is not None:
            return httpx.post(url, content=body, headers={**headers, "content-type": kind}, timeout=120)
        metadata = {"subject": self.subject, "title": {"en": "A record"}, "kind": "test", "application": "1"}
        told = parts.get("metadata", metadata)
        content = told if isinstance(told, bytes) else json.dumps(told).encode()
        file = parts.get("file", GOOD)
        assert isinstance(file, bytes)
        files = [("metadata", (None, content, "application/json")), ("file", ("a.pdf", file, "application/pdf"))]
        left_out = parts.get("without")
        return httpx.post(url, files=[one for one in files if one[0] != left_out], headers=headers, timeout=120)

    def kept(self) -> int:
        """How many records the gateway holds."""
        with make_engine(f"sqlite:///{self.running.data_dir / 'gateway.db'}").connect() as connection:
            return int(connection.execute(sa.text("SELECT count(*) FROM documents")).scalar_one())


@pytest.fixture(scope="module")
def agency(running: Stack) -> Agency:
    send = Egress(allowed=[running.gateway], timeout=timedelta(seconds=60), largest=10_000_000, connections=4)
    proving = Proving(send=send, clock=now, new_token=new_token)
    party = RelyingParty(
        client=CLIENT_ID,
        redirect_uri=f"{running.sandbox}/agency/callback",
        key=keys.load_or_create(running.data_dir / "sandbox" / "agency"),
        provider=Provider(issuer=running.gateway, send=send, clock=now),
        proving=proving,
        clock=now,
        new_token=new_token,
    )
    return Agency(
        running=running, proving=proving, token=party.service_token("documents:issue"), subject=somebody(running)
    )


def somebody(running: Stack) -> str:
    """A person who is known to the agency, by the subject it knows them under."""
    person = with_phone("en")
    person.go(f"{running.sandbox}/agency/en/")
    person.press("agency-sign-in")
    acts = {"choose_region": "region-MO", "link": "link-start", "bind": "bind-agree", "claims": "claims-agree"}
    for _ in range(10):
        stage = stage_of(person.screen)
        if stage == "agency":
            break
        if stage == "simulator":
            simulator.sign_in(person, "ip-wai-keong")
        else:
            person.press(acts.get(stage, "go-on"))
        person.wait()
    return person.screen.text("agency-subject")


def metadata(agency: Agency, **other: object) -> dict[str, object]:
    honest: dict[str, object] = {"subject": agency.subject, "title": {"en": "A record"}, "kind": "test"}
    return {name: value for name, value in {**honest, **other}.items() if value is not None}


def told(answer: httpx.Response) -> Mapping[str, object]:
    assert answer.headers["content-type"].startswith("application/problem+json")
    problem = answer.json()
    assert 400 <= answer.status_code < 500
    assert problem["status"] == answer.status_code
    assert problem["title"]
    assert problem["instance"]
    return dict(problem)


def test_the_honest_request_is_taken(agency: Agency) -> None:
    before = agency.kept()
    answer = agency.send()
    assert answer.status_code == 201, answer.text
    assert answer.json()["state"] == "sealed"
    assert agency.kept() == before + 1


def test_the_same_request_again_is_the_same_record(agency: Agency) -> None:
    first, again = agency.send(key="once-and-again"), agency.send(key="once-and-again")
    assert first.json()["id"] == again.json()["id"]
    other = agency.send(key="once-and-again", metadata=metadata(agency, kind="another"))
    assert told(other)["type"] == "/problems/idempotency_key_reused"


BODIES = {
    "no multipart": ("application/json", b"{}"),
    "no boundary": ("multipart/form-data", b"--x\r\n"),
    "nothing": ("multipart/form-data; boundary=x", b""),
    "cut short": ("multipart/form-data; boundary=x", b'--x\r\nContent-Disposition: form-data; name="file"\r\n\r\n%PDF'),
    "many parts": (
        "multipart/form-data; boundary=x",
        b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n' * 500 + b"--x--",
    ),
    "one name twice": (
        "multipart/form-data; boundary=x",
        b'--x\r\nContent-Disposition: form-data; name="metadata"\r\n\r\n{}\r\n' * 2 + b"--x--",
    ),
}


@pytest.mark.parametrize("case", BODIES)
def test_a_body_that_cannot_be_read_is_refused(agency: Agency, case: str) -> None:
    before = agency.kept()
    kind, body = BODIES[case]
    told(agency.send(body=body, kind=kind))
    assert agency.kept() == before


METADATA: dict[str, object] = {
    "no JSON": b"{",
    "an array": [],
    "deep": b"[" * 100_000,
    "no subject": {"subject": None},
    "a subject of another kind": {"subject": ["a"]},
    "somebody unknown": {"subject": "nobody-knows-this-subject"},
    "a very long subject": {"subject": "a" * 3000},
    "no title": {"title": None},
    "an empty title": {"title": {}},
    "a title of another kind": {"title": {"en": 1}},
    "a title without an end": {"title": {"en": "a" * 3000}},
    "a kind with spaces": {"kind": "a b"},
    "another language": {"language": "xx"},
}


@pytest.mark.parametrize("case", METADATA)
def test_metadata_that_do_not_hold_are_refused(agency: Agency, case: str) -> None:
    before = agency.kept()
    given = METADATA[case]
    laid = metadata(agency, **given) if isinstance(given, dict) else given
    told(agency.send(metadata=laid))
    assert agency.kept() == before


@pytest.mark.parametrize("part", ["metadata", "file"])
def test_a_missing_part_is_refused(agency: Agency, part: str) -> None:
    told(agency.send(without=part))


def test_a_request_without_a_key_to_repeat_it_is_refused(agency: Agency) -> None:
    assert told(agency.send(key=None))["type"] == "/problems/idempotency_key_missing"


FILES = {
    "nothing": b"",
    "text": b"hello",
    "text that calls itself PDF": b"%PDF-1.7\nhello\n%%EOF\n",
    "a PDF cut in half": GOOD[: len(GOOD) // 2],
}


@pytest.mark.parametrize("case", FILES)
def test_what_is_no_pdf_is_refused_and_told_apart(agency: Agency, case: str) -> None:
    problem = told(agency.send(file=FILES[case]))
    assert str(problem["type"]).startswith("/problems/")


def test_an_encrypted_pdf_is_refused_as_such(agency: Agency, tmp_path: Path) -> None:
    plain, locked = tmp_path / "plain.pdf", tmp_path / "locked.pdf"
    plain.write_bytes(GOOD)
    with pikepdf.open(plain) as pdf:
        pdf.save(locked, encryption=pikepdf.Encryption(owner="a", user="b"))
    assert told(agency.send(file=locked.read_bytes()))["type"] == "/problems/encrypted"


def test_another_agencys_record_is_not_there(agency: Agency) -> None:
    url = f"{agency.running.gateway}/api/v1/documents/{new_token()}"
    answer = httpx.get(
        url,
        headers=agency.proving.headers("GET", url, agency.token),
        timeout=30,
    )
    assert told(answer)["status"] == 404
