"""The running gateway verifies for agencies and people: a file, a signature by digests alone, many files at once."""

import base64
import hashlib
import io
import json
import re
import time
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx
import pikepdf
import pytest

from deploy.clock import now
from deploy.composing.world import new_token
from deploy.egress import Egress
from deploy.journey.stack import Stack
from deploy.sandbox.agency import keys
from deploy.sandbox.agency.documents import VERIFY
from deploy.sandbox.agency.names import CLIENT_ID
from deploy.sandbox.agency.provider import Provider
from deploy.sandbox.agency.proving import Proving
from deploy.sandbox.agency.sign_in import RelyingParty
from tests.fakes.sealing_world import plain_pdf
from tests.unit.trust.pades.test_detached import DOCUMENT, signed

PATIENCE = 180.0  # seconds


@dataclass(frozen=True, kw_only=True)
class Agency:
    running: Stack
    proving: Proving
    token: str

    def ask(self, method: str, path: str, *, token: str | None = None, **sent: Any) -> httpx.Response:
        url = f"{self.running.gateway}{path}"
        headers = {**self.proving.headers(method, url, token or self.token), **sent.pop("headers", {})}
        return httpx.request(method, url, headers=headers, timeout=60, **sent)


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
    return Agency(running=running, proving=proving, token=party.service_token(VERIFY))


BATCHES = "/api/v1/verifications/batches"


def test_a_batch_is_judged_by_the_worker_and_fetched_line_by_line(agency: Agency) -> None:
    files = [("file", (name, content, "application/pdf")) for name, content in (("a.pdf", plain_pdf()), ("b", b"x"))]
    taken = agency.ask("POST", BATCHES, files=files, headers={"idempotency-key": new_token()})
    assert taken.status_code == 202, taken.text
    place = taken.headers["location"]
    waited = time.monotonic() + PATIENCE
    while (told := agency.ask("GET", place).json())["state"] != "finished":
        assert time.monotonic() < waited, told
        time.sleep(0.5)
    assert told["verdicts"] == {"INDETERMINATE": 2}
    lines = agency.ask("GET", told["results"]).text.splitlines()
    assert [json.loads(line)["reason"] for line in lines] == ["no_signature", "not_a_pdf"]
    assert agency.ask("GET", told["results"] + "?after=1").text.splitlines() == lines[1:]
    assert agency.ask("DELETE", place).status_code == 204
    assert agency.ask("GET", place).json()["type"] == "/problems/batch_unknown"


def test_a_batch_needs_a_token_with_its_scope(agency: Agency) -> None:
    nobody = httpx.post(f"{agency.running.gateway}{BATCHES}", timeout=60)
    assert (nobody.status_code, nobody.json()["type"]) == (401, "/problems/token_missing")
    assert httpx.get(f"{agency.running.gateway}{BATCHES}/1", timeout=60).status_code == 401
    wrong = agency.ask("POST", BATCHES, token=agency.token[:-4])
    assert (wrong.status_code, wrong.json()["type"]) == (401, "/problems/token_invalid")
    unreadable = agency.ask("POST", f"{BATCHES}?policy=%zz")
    assert (unreadable.status_code, unreadable.json()["type"]) == (400, "/problems/malformed_request")


def test_one_file_is_verified_for_anybody_in_the_form_that_is_accepted(agency: Agency) -> None:
    url = f"{agency.running.gateway}/api/v1/verifications"
    headers = {"content-type": "application/pdf"}
    assert httpx.post(url, content=plain_pdf(), headers=headers, timeout=60).json()["reason"] == "no_signature"
    xml = httpx.post(url, content=plain_pdf(), headers={**headers, "accept": "application/xml"}, timeout=60)
    assert xml.text.startswith("<?xml")
    assert "urn:etsi:019102:mainindication:indeterminate" in xml.text


def test_a_document_need_not_leave_the_agency(agency: Agency) -> None:
    told = {
        "signature": base64.b64encode(signed()).decode(),
        "digests": {"sha256": hashlib.sha256(DOCUMENT).hexdigest()},
    }
    report = httpx.post(f"{agency.running.gateway}/api/v1/verifications/digest", json=told, timeout=60).json()
    assert (report["subject"], report["reason"]) == ("digest", "NO_CERTIFICATE_CHAIN_FOUND")


def test_the_form_of_reports_is_published(agency: Agency) -> None:
    published = httpx.get(f"{agency.running.gateway}/schemas/verification-report-1.json", timeout=60)
    assert published.headers["content-type"] == "application/schema+json"
    assert published.json()["$id"] == f"{agency.running.gateway}/schemas/verification-report-1.json"


def test_a_person_takes_the_report_home_in_three_forms(agency: Agency) -> None:
    with httpx.Client(base_url=agency.running.gateway, timeout=60) as browser:
        token = hidden("token", browser.get("/pt/verify").text)
        files = {"file": ("registo.pdf", plain_pdf(), "application/pdf")}
        page = browser.post("/pt/verify", data={"token": token}, files=files).text
        sealed, token = hidden("report", page), hidden("token", page)
        taken = {
            kind: browser.post(f"/pt/verify/report.{kind}", data={"token": token, "report": sealed})
            for kind in ("pdf", "xml", "json")
        }
    assert {kind: answer.status_code for kind, answer in taken.items()} == dict.fromkeys(taken, 200)
    assert taken["json"].json()["reason"] == "no_signature"
    assert taken["xml"].text.startswith("<?xml")
    with pikepdf.open(io.BytesIO(taken["pdf"].content)) as printed:
        assert (
            json.loads(printed.attachments["verification-report.json"].get_file().read_bytes()) == taken["json"].json()
        )
    judged = httpx.post(
        f"{agency.running.gateway}/api/v1/verifications?policy=seal",
        content=taken["pdf"].content,
        headers={"content-type": "application/pdf"},
        timeout=180,
    ).json()
    assert (judged["verdict"], judged["signatures"][0]["level"]) == ("PASSED", "B-LTA")


def hidden(name: str, page: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]+)"', page)
    assert found is not None, page
    return found.group(1)
