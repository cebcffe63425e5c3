"""The page for a device's code: typed, compared, answered by one of two equal buttons, and never by a link alone."""

import re

import pytest
from flask.testing import FlaskClient

from pwa.locale import LANGUAGES
from tests.fakes.pages import FakePages, pages

CODE = "WDJB-MJHT"


@pytest.fixture
def made() -> FakePages:
    return pages()


@pytest.fixture
def browser(made: FakePages) -> FlaskClient:
    return made.app.test_client()


def post(browser: FlaskClient, **fields: str) -> tuple[int, str, str]:
    """Status, where to, and what the page says."""
    page = browser.get("/en/device").get_data(as_text=True)
    token = re.search(r'name="token" value="([^"]+)"', page)
    assert token
    answer = browser.post("/en/device", data={"token": token[1]} | fields, headers={"Origin": "http://localhost"})
    return answer.status_code, answer.headers.get("Location", ""), answer.get_data(as_text=True)


def test_a_typed_code_leads_to_the_page_that_compares_it(browser: FlaskClient) -> None:
    assert post(browser, user_code="wdjb mjht")[:2] == (303, "/en/device?user_code=wdjb%20mjht")


@pytest.mark.parametrize("language", [language.code for language in LANGUAGES])
def test_the_page_shows_the_code_and_who_asks_and_where_and_does_nothing_by_itself(
    made: FakePages, browser: FlaskClient, language: str
) -> None:
    page = browser.get(f"/{language}/device?user_code={CODE}").get_data(as_text=True)
    assert re.search(rf'id="device-user-code">{CODE}<', page)
    assert re.search(r'id="device-agency">\S', page)
    assert "前海 e 站通服务中心" in page
    assert 'id="device-agree"' in page
    assert 'id="device-decline"' in page
    assert made.devices.calls == []


def test_a_yes_leads_to_the_sign_in_or_to_the_end(made: FakePages, browser: FlaskClient) -> None:
    assert post(browser, user_code=CODE, answer="agree")[:2] == (303, "/en/sign-in/choose")
    made.devices.signed_in = True
    status, where, _ = post(browser, user_code=CODE, answer="agree")
    assert (status, where) == (303, "http://localhost/en/device?outcome=allowed")
    assert made.devices.calls == [("agree", "en"), ("agree", "en")]


def test_a_no_is_told_to_the_device(made: FakePages, browser: FlaskClient) -> None:
    assert post(browser, user_code=CODE, answer="decline")[:2] == (303, "/en/device?outcome=refused")
    assert made.devices.calls == [("refuse", CODE)]


@pytest.mark.parametrize(("typed", "status"), [("WRONG", 404), ("GUESSED", 429)])
def test_a_code_that_is_not_known_is_asked_for_once_more(browser: FlaskClient, typed: str, status: int) -> None:
    answer = browser.get(f"/en/device?user_code={typed}")
    assert answer.status_code == status
    page = answer.get_data(as_text=True)
    assert 'role="alert" id="device-problem"' in page
    assert f'id="device-code" name="user_code" value="{typed}"' in page, "it can be looked at and mended"
    assert post(browser, user_code=typed, answer="agree")[0] == status


def test_a_form_from_elsewhere_lets_nothing_happen(made: FakePages, browser: FlaskClient) -> None:
    form = {"user_code": CODE, "answer": "agree"}
    assert browser.post("/en/device", data=form, headers={"Origin": "https://evil.example"}).status_code == 403
    assert made.devices.calls == []


def test_an_address_without_a_language_keeps_the_code(browser: FlaskClient) -> None:
    answer = browser.get(f"/device?user_code={CODE}", headers={"Accept-Language": "pt"})
    assert answer.headers["Location"] == f"/pt/device?user_code={CODE}"


def test_an_end_that_nobody_knows_is_no_end(browser: FlaskClient) -> None:
    assert 'id="device-code"' in browser.get("/en/device?outcome=<script>").get_data(as_text=True)
