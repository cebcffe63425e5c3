"""What is only for one person is shown to that person alone: documents, links, consents, sessions."""

import json

import pytest
from flask.testing import FlaskClient

from pwa.form_token import token
from tests.fakes.page_examples import RECORDS
from tests.fakes.pages import KEY, SESSION, FakePages, pages

MINE = ["/documents", "/documents/d1", "/documents/d1/file", "/links", "/account/close", "/consents", "/consents/c1"]


@pytest.fixture
def site() -> FakePages:
    return pages()


@pytest.fixture
def client(site: FakePages) -> FlaskClient:
    client = site.app.test_client()
    client.set_cookie("gba_browser", "b")
    client.set_cookie("gba_session", SESSION)
    return client


@pytest.mark.parametrize("place", [*MINE, "/consents/c1/receipt.json", "/consents/c1/receipt.pdf"])
def test_a_stranger_is_asked_to_sign_in(site: FakePages, place: str) -> None:
    answer = site.app.test_client().get(f"/en{place}")
    assert answer.status_code == 401
    assert "/en/sign-in" in answer.text
    assert RECORDS[0].title not in answer.text


@pytest.mark.parametrize("place", MINE)
def test_nothing_personal_is_kept_on_the_way(client: FlaskClient, place: str) -> None:
    assert client.get(f"/en{place}").headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("place", ["/documents/d9", "/documents/d9/file", "/consents/c9", "/consents/c9/receipt.json"])
def test_what_is_not_mine_is_not_found(client: FlaskClient, place: str) -> None:
    assert client.get(f"/en{place}").status_code == 404


def test_a_title_is_shown_as_it_is_and_never_as_markup(client: FlaskClient) -> None:
    page = client.get("/en/documents").text
    assert "居民登記證明 㗎 𠮷" in page
    assert "Certificate &lt;b&gt;of&lt;/b&gt; residence" in page


def test_a_record_has_its_qr_code_and_its_file(client: FlaskClient) -> None:
    page = client.get("/pt/documents/d1").text
    assert '<div class="qr" id="document-qr"' in page
    assert f"http://localhost/pt/v/{RECORDS[0].code}" in page
    file = client.get("/pt/documents/d1/file")
    assert file.mimetype == "application/pdf"
    assert "filename*=UTF-8''%E5%B1%85" in file.headers["Content-Disposition"]


def test_the_code_of_a_record_tells_anybody_that_it_exists(site: FakePages) -> None:
    stranger = site.app.test_client()
    page = stranger.get(f"/en/v/{RECORDS[0].code}").text
    assert RECORDS[0].sha256 in page
    assert RECORDS[0].title not in page
    assert stranger.get("/en/v/NOTHING").status_code == 404
    assert stranger.get("/en/v/" + "A" * 300).status_code == 404


def test_a_link_is_undone_with_one_form_and_signs_out(site: FakePages, client: FlaskClient) -> None:
    answer = client.post("/en/links/b1/undo", data={"token": token(KEY, "b")})
    assert answer.status_code == 303
    assert site.links.undone == ["b1"]
    assert "gba_session=;" in answer.headers["Set-Cookie"]
    assert 'id="done"' in client.get(answer.location or "").text


def test_an_account_is_closed_after_a_page_that_says_what_stays_and_a_tick(
    site: FakePages, client: FlaskClient
) -> None:
    page = client.get("/en/account/close").text
    assert page.index('id="close-ends"') < page.index('id="close-stays"') < page.index('id="close-now"')
    unsure = client.post("/en/account/close", data={"token": token(KEY, "b")})
    assert unsure.status_code == 422
    assert 'id="close-unsure"' in unsure.text
    assert site.links.closed == []
    assert 'name="session" value="s1"' in page
    sure = client.post("/en/account/close", data={"token": token(KEY, "b"), "sure": "yes", "session": "s1"})
    assert site.links.closed == ["a1"]
    assert "gba_session=;" in sure.headers["Set-Cookie"]
    assert "closed" in client.get(sure.location or "").text


@pytest.mark.parametrize("session", ["s9", ""])
def test_an_account_is_not_closed_by_a_page_that_somebody_else_saw(
    site: FakePages, client: FlaskClient, session: str
) -> None:
    """Another member of the family has signed in since, in another tab of the same browser."""
    answer = client.post("/en/account/close", data={"token": token(KEY, "b"), "sure": "yes", "session": session})
    assert (answer.status_code, site.links.closed) == (422, [])
    assert 'id="close-unsure"' in answer.text


ENDS = ["/links/b1/undo", "/account/close", "/consents/c1/withdraw", "/sessions/s2/end", "/sign-out"]


@pytest.mark.parametrize("place", ENDS)
def test_nothing_is_ended_by_a_form_of_somebody_else(site: FakePages, client: FlaskClient, place: str) -> None:
    assert client.post(f"/en{place}", data={"token": "stolen", "sure": "yes"}).status_code == 403
    assert site.links.closed == []
    assert (site.links.undone, site.consents.withdrawn, site.sessions.ended) == ([], [], [])


def test_a_consent_is_withdrawn_with_one_form(site: FakePages, client: FlaskClient) -> None:
    assert client.post("/en/consents/c1/withdraw", data={"token": token(KEY, "b")}).location == "/en/consents/c1"
    assert site.consents.withdrawn == ["c1"]


def test_only_a_consent_in_force_offers_to_be_withdrawn(client: FlaskClient) -> None:
    assert 'id="withdraw-confirm"' in client.get("/en/consents/c1").text
    assert 'id="withdraw-confirm"' not in client.get("/en/consents/c2").text


def test_a_receipt_comes_signed_and_readable(client: FlaskClient) -> None:
    answer = client.get("/en/consents/c1/receipt.json")
    body = json.loads(answer.data)
    assert body["receipt"].count(".") == 2
    assert body["content"] == {"record": "c1"}
    assert "attachment" in answer.headers["Content-Disposition"]
    assert client.get("/zh-Hans/consents/c1/receipt.pdf").data == b"%PDF-1.7 c1 zh-Hans"


def test_signing_out_ends_the_session_and_forgets_it(site: FakePages, client: FlaskClient) -> None:
    answer = client.post("/en/sign-out", data={"token": token(KEY, "b")})
    assert site.sessions.ended == [SESSION]
    assert "gba_session=;" in answer.headers["Set-Cookie"]
    assert client.get("/en/documents").status_code == 401


def test_a_session_elsewhere_can_be_ended(site: FakePages, client: FlaskClient) -> None:
    page = client.get("/en/links").text
    assert 'id="end-s2"' in page
    assert 'id="end-s1"' not in page
    client.post("/en/sessions/s2/end", data={"token": token(KEY, "b")})
    assert site.sessions.ended == ["s2"]
