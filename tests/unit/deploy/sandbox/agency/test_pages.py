"""The agency's counter: languages, the two services, arriving, issuing, and what is refused."""

import io
from itertools import count
from pathlib import Path
from urllib.parse import urlencode

import pytest
from flask import Flask
from flask.testing import FlaskClient

from deploy.sandbox.agency import names
from deploy.sandbox.agency.pages import LARGEST_FILE, blueprint
from deploy.sandbox.agency.wording import words
from tests.fakes.openid_provider import ISSUER, NOW, OpenidProvider
from trust.endpoints.problems import KNOWN

BASE = "http://localhost/agency"


def client_of(folder: Path, provider: OpenidProvider) -> FlaskClient:
    serial = count()
    app = Flask(__name__)
    pages = blueprint(
        folder=folder,
        gateway_url=ISSUER,
        base_url=BASE,
        send=provider,
        clock=lambda: NOW,
        new_token=lambda: f"token-{next(serial):038d}",
    )
    app.register_blueprint(pages, url_prefix="/agency")
    return app.test_client()


def arrived(client: FlaskClient, provider: OpenidProvider, service: str = "record", language: str = "en") -> str:
    client.post(f"/agency/{language}/sign-in", data={"service": service})
    query = urlencode({"state": provider.forms["/par"]["state"], "iss": ISSUER, "code": "c1"})
    return client.get(f"/agency/callback?{query}", follow_redirects=True).text


@pytest.mark.parametrize(
    ("asked", "answered"), [("zh-HK,zh;q=0.9,en;q=0.8", "zh-Hant"), ("zh-MO", "zh-Hant"), ("zh-CN", "zh-Hans")]
)
def test_the_first_page_is_in_the_language_of_the_phone(tmp_path: Path, asked: str, answered: str) -> None:
    client = client_of(tmp_path, OpenidProvider())
    page = client.get("/agency/", headers={"Accept-Language": asked}, follow_redirects=True)
    assert f'<html lang="{answered}">' in page.text


def test_all_languages_have_the_same_words() -> None:
    assert len({frozenset(words(language)) for language in names.LANGUAGES}) == 1
    assert all(text.strip() for language in names.LANGUAGES for text in words(language).values())


def test_a_person_arrives_and_sees_what_was_told(tmp_path: Path) -> None:
    provider = OpenidProvider()
    page = arrived(client_of(tmp_path, provider), provider)
    assert "pairwise-1" in page
    assert "urn:gba:acr:3" in page
    assert "CHAN Tai Man" in page


def test_the_second_service_asks_for_a_check_of_its_own_application(tmp_path: Path) -> None:
    provider = OpenidProvider()
    arrived(client_of(tmp_path, provider), provider, service="branch")
    assert '"type": "biometric_check"' in provider.forms["/par"]["authorization_details"]
    assert '"application": "KBR-2026-' in provider.forms["/par"]["authorization_details"]


def test_the_first_service_asks_for_no_check(tmp_path: Path) -> None:
    provider = OpenidProvider()
    arrived(client_of(tmp_path, provider), provider)
    assert "authorization_details" not in provider.forms["/par"]


def test_an_answer_played_twice_finds_nothing(tmp_path: Path) -> None:
    provider = OpenidProvider()
    client = client_of(tmp_path, provider)
    arrived(client, provider)
    query = urlencode({"state": provider.forms["/par"]["state"], "iss": ISSUER, "code": "c1"})
    again = client.get(f"/agency/callback?{query}")
    assert again.status_code == 403
    assert 'data-reason="visit_unknown"' in again.text


def test_an_answer_in_another_browser_finds_nothing(tmp_path: Path) -> None:
    provider = OpenidProvider()
    client_of(tmp_path, provider).post("/agency/en/sign-in", data={"service": "record"})
    query = urlencode({"state": provider.forms["/par"]["state"], "iss": ISSUER, "code": "c1"})
    assert client_of(tmp_path, provider).get(f"/agency/callback?{query}").status_code == 403


def test_a_visit_outlives_a_restart_of_the_agency(tmp_path: Path) -> None:
    provider = OpenidProvider()
    before = client_of(tmp_path, provider)
    before.post("/agency/en/sign-in", data={"service": "record"})
    after = client_of(tmp_path, provider)
    found = before.get_cookie("kapok_browser", path="/agency")
    assert found is not None
    after.set_cookie("kapok_browser", found.value, path="/agency")
    query = urlencode({"state": provider.forms["/par"]["state"], "iss": ISSUER, "code": "c1"})
    assert "pairwise-1" in after.get(f"/agency/callback?{query}", follow_redirects=True).text


@pytest.mark.parametrize("code", ["access_denied", "unmet_authentication_requirements", "something_new"])
def test_an_error_of_the_standard_is_put_into_words(tmp_path: Path, code: str) -> None:
    provider = OpenidProvider()
    client = client_of(tmp_path, provider)
    client.post("/agency/zh-Hant/sign-in", data={"service": "record"})
    query = urlencode({"state": provider.forms["/par"]["state"], "iss": ISSUER, "error": code})
    page = client.get(f"/agency/callback?{query}").text
    assert '<html lang="zh-Hant">' in page
    assert words("zh-Hant").get(f"ended_{code}", words("zh-Hant")["ended_other"]) in page


def test_a_silent_gateway_is_told_readably(tmp_path: Path) -> None:
    client = client_of(tmp_path, OpenidProvider(silent=True))
    page = client.post("/agency/pt/sign-in", data={"service": "record"})
    assert page.status_code == 502
    assert words("pt")["failed_gateway_unreachable"] in page.text


def test_the_agencys_own_record_is_issued_when_no_file_is_chosen(tmp_path: Path) -> None:
    provider = OpenidProvider()
    client = client_of(tmp_path, provider)
    arrived(client, provider)
    page = client.post("/agency/en/issue", follow_redirects=True)
    method, _, headers, body = next(sent for sent in provider.requests if sent[1].endswith("/documents"))
    assert (method, headers["authorization"]) == ("POST", "DPoP service")
    assert b'"subject": "pairwise-1"' in body
    assert b"%PDF-" in body
    assert 'data-state="sealed"' in page.text


def test_a_record_that_waits_for_its_seal_is_looked_up_when_the_counter_is_seen_again(tmp_path: Path) -> None:
    provider = OpenidProvider(stamps_later=True)
    client = client_of(tmp_path, provider)
    arrived(client, provider)
    assert client.post("/agency/en/issue").status_code == 303
    assert 'data-state="sealed"' in client.get("/agency/en/counter").text


def test_a_second_try_is_the_same_issue_and_another_file_is_another(tmp_path: Path) -> None:
    provider = OpenidProvider()
    client = client_of(tmp_path, provider)
    arrived(client, provider)
    for file in (None, None, b"%PDF-1.4 one", b"%PDF-1.4 one", b"%PDF-1.4 two"):
        client.post("/agency/en/issue", data={"file": (io.BytesIO(file), "a.pdf")} if file else {})
    issues = [sent[2]["idempotency-key"] for sent in provider.requests if sent[1].endswith("/documents")]
    assert [issues.index(key) for key in issues] == [0, 0, 2, 2, 4]


def test_a_chosen_file_is_passed_on_byte_for_byte(tmp_path: Path) -> None:
    provider = OpenidProvider()
    client = client_of(tmp_path, provider)
    arrived(client, provider)
    client.post("/agency/en/issue", data={"file": (io.BytesIO(b"%PDF-1.4 mine"), "any.pdf")}, follow_redirects=True)
    assert b"%PDF-1.4 mine" in provider.requests[-1][3]


def test_a_person_signs_at_the_gateway_and_the_agency_asks_how_it_went(tmp_path: Path) -> None:
    provider = OpenidProvider()
    client = client_of(tmp_path, provider)
    arrived(client, provider)
    away = client.post("/agency/en/sign")
    assert (away.status_code, away.headers["Location"]) == (303, f"{ISSUER}/en/signings/g1")
    sent = next(body for method, url, _, body in provider.requests if url.endswith("/signings"))
    assert b'"return_uri": "http://localhost/agency/signed"' in sent
    page = client.get("/agency/signed?signing=g1&signing_state=whatever", follow_redirects=True).text
    assert 'id="agency-signing" data-state="signed"' in page


@pytest.mark.parametrize("begun", [False, True])
def test_an_address_shows_nobody_the_signing_of_another(tmp_path: Path, begun: bool) -> None:
    """The agency's token opens every signing of the agency: which of them is this visit's, the visit knows."""
    provider = OpenidProvider()
    client = client_of(tmp_path, provider)
    arrived(client, provider)
    if begun:
        client.post("/agency/en/sign")
    page = client.get("/agency/signed?signing=g2", follow_redirects=True).text
    assert ('id="agency-signing"' in page) is begun  # its own
    assert not [url for _, url, _, _ in provider.requests if url.endswith("/signings/g2")]


def refused(folder: Path, reason: str) -> str:
    """The page after the gateway refused a record for this reason."""
    problem = {"type": f"/problems/{reason}", "title": "<b>New</b>", "status": 422, "instance": "urn:incident:1"}
    provider = OpenidProvider(problem=problem)
    client = client_of(folder, provider)
    arrived(client, provider)
    answer = client.post("/agency/en/issue", data={})
    assert answer.status_code == 422
    assert "urn:incident:1" in answer.text
    assert 'href="/agency/en/counter"' in answer.text
    return answer.text


def test_a_refused_record_is_told_in_the_agencys_own_words(tmp_path: Path) -> None:
    page = refused(tmp_path, "encrypted")
    assert words("en")["record_refused_encrypted"] in page
    assert "New" not in page


def test_a_reason_that_is_new_to_the_agency_is_told_in_the_gateways(tmp_path: Path) -> None:
    page = refused(tmp_path, "something_new")
    assert words("en")["record_refused_other"] in page
    assert "&lt;b&gt;New" in page


def test_every_reason_to_refuse_a_file_has_the_agencys_words() -> None:
    # what this agency never sends: a key twice, a batch, a digest
    others = ("idempotency_key_reused", "batch_", "digest_")
    about_files = {reason for reason, (status, _) in KNOWN.items() if status == 422 and not reason.startswith(others)}
    assert {f"record_refused_{reason}" for reason in about_files} <= words("en").keys()


def test_a_file_beyond_the_limit_is_told_readably(tmp_path: Path) -> None:
    provider = OpenidProvider()
    client = client_of(tmp_path, provider)
    arrived(client, provider)
    page = client.post("/agency/en/issue", data={"file": (io.BytesIO(b"x" * (LARGEST_FILE + 1)), "any.pdf")})
    assert page.status_code == 413
    assert words("en")["file_too_large"] in page.text


def test_nothing_is_issued_without_a_visit(tmp_path: Path) -> None:
    provider = OpenidProvider()
    assert client_of(tmp_path, provider).post("/agency/en/issue").status_code == 403
    assert not provider.requests


def test_a_form_of_another_site_is_refused(tmp_path: Path) -> None:
    provider = OpenidProvider()
    client = client_of(tmp_path, provider)
    answer = client.post("/agency/en/sign-in", data={"service": "record"}, headers={"Origin": "https://other.example"})
    assert answer.status_code == 403
    assert not provider.requests


def test_leaving_forgets_the_visit(tmp_path: Path) -> None:
    provider = OpenidProvider()
    client = client_of(tmp_path, provider)
    arrived(client, provider)
    client.post("/agency/en/leave")
    assert client.get("/agency/en/counter").status_code == 403


def test_neither_cookie_nor_state_lies_readable_in_the_file(tmp_path: Path) -> None:
    provider = OpenidProvider()
    client = client_of(tmp_path, provider)
    client.post("/agency/en/sign-in", data={"service": "record"})
    cookie = client.get_cookie("kapok_browser", path="/agency")
    assert cookie is not None
    assert cookie.value.encode() not in (tmp_path / "visits.db").read_bytes()
