"""The pages for partners' engineers: opened by a link once, closed by a button, and telling nothing of any person."""

import re

import pytest
from flask.testing import FlaskClient

from pwa.form_token import token
from tests.fakes.pages import KEY, FakePages, pages
from tests.fakes.partner_pages import ERRORS, LINK, REFERENCE, VISIT


@pytest.fixture
def site() -> FakePages:
    return pages()


@pytest.fixture
def browser(site: FakePages) -> FlaskClient:
    client = site.app.test_client()
    client.set_cookie("gba_browser", "a-browser")
    return client


FORM = {"token": token(KEY, "a-browser")}


def test_who_comes_without_a_link_is_told_how_to_get_one(browser: FlaskClient) -> None:
    answer = browser.get("/en/partners")
    assert answer.status_code == 200
    assert "integration:read" in answer.text
    assert "Ferry" not in answer.text


def test_a_link_is_used_up_by_the_button_and_not_by_looking(site: FakePages, browser: FlaskClient) -> None:
    for _ in range(3):
        assert browser.get(f"/en/partners/enter/{LINK}").status_code == 200
    assert site.partners.entered == []
    assert browser.post(f"/en/partners/enter/{LINK}").status_code == 403
    entered = browser.post(f"/en/partners/enter/{LINK}", data=FORM)
    assert (entered.status_code, entered.headers["Location"]) == (303, "/en/partners")
    cookie = entered.headers["Set-Cookie"]
    assert cookie.startswith(f"gba_partner={VISIT};")
    assert {"HttpOnly", "SameSite=Lax"} <= {part.strip() for part in cookie.split(";")}
    again = browser.post(f"/en/partners/enter/{LINK}", data=FORM)
    assert again.status_code == 404
    assert "This link is over" in again.text


def test_the_page_shows_what_was_refused_by_clause_and_nothing_of_a_person(browser: FlaskClient) -> None:
    browser.set_cookie("gba_partner", VISIT)
    page = browser.get("/en/partners").text
    assert "Ferry &lt;Company&gt;" in page
    assert "code_challenge is missing or malformed" in page
    assert "RFC 7636 §4.3" in page
    assert "claimed to be yours" in page
    assert "private" not in page
    assert page.count('<article class="card" id="error-') == 15
    older = re.search(r'id="errors-older" href="([^"]+)"', page)
    assert older
    assert older[1] == f"/en/partners?before={ERRORS[14].incident}"
    rest = browser.get(older[1]).text
    assert rest.count('<article class="card" id="error-') == 5
    assert "errors-older" not in rest


def test_what_is_no_incident_is_asked_of_no_database(site: FakePages, browser: FlaskClient) -> None:
    """PostgreSQL takes a NUL in no text."""
    browser.set_cookie("gba_partner", VISIT)
    for odd in ("%00", "a%00", "x" * 101, "%E4%B8%80"):
        page = browser.get(f"/en/partners?before={odd}").text
        assert page.count('<article class="card" id="error-') == 15
    assert set(site.partners.looked_before) == {None}


def test_the_page_speaks_the_readers_language(browser: FlaskClient) -> None:
    browser.set_cookie("gba_partner", VISIT)
    page = browser.get("/zh-Hant/partners").text
    assert "渡輪公司" in page
    assert "只可使用 S256" in page
    assert "即將到期" in page


def test_leaving_ends_the_visit_and_takes_the_cookie(site: FakePages, browser: FlaskClient) -> None:
    browser.set_cookie("gba_partner", VISIT)
    left = browser.post("/en/partners/leave", data=FORM)
    assert left.status_code == 303
    assert site.partners.left == [VISIT]
    assert "gba_partner=;" in left.headers["Set-Cookie"]


def test_a_partners_visit_signs_nobody_in(browser: FlaskClient) -> None:
    browser.set_cookie("gba_partner", VISIT)
    assert browser.get("/en/documents").status_code == 401
    assert browser.get("/en/links").status_code == 401


def test_a_signed_request_is_pasted_with_its_line_breaks(site: FakePages, browser: FlaskClient) -> None:
    asked = browser.post("/en/partners/register", data=FORM | {"request": " a.\r\nb.\nc "})
    assert (asked.status_code, asked.headers["Location"]) == (303, f"/en/partners/requests/{REFERENCE}")
    assert site.partners.asked[0][0] == "a.b.c"
    page = browser.get(asked.headers["Location"]).text
    assert REFERENCE in page
    assert "waits for an operator" in page


def test_a_request_that_does_not_hold_is_told_on_the_page(browser: FlaskClient) -> None:
    refused = browser.post("/en/partners/register", data=FORM | {"request": "x"})
    assert refused.status_code == 400
    assert "register-problem" in refused.text
    assert "jws_malformed" in refused.text
    assert "required>x</textarea>" in refused.text
    often = browser.post("/en/partners/register", data=FORM | {"request": "too-often"})
    assert (often.status_code, often.headers["Retry-After"]) == (429, "60")
    assert browser.post("/en/partners/register", data={"request": "a.b.c"}).status_code == 403


def test_a_decision_is_shown_with_its_ground(browser: FlaskClient) -> None:
    page = browser.get(f"/en/partners/requests/{REFERENCE}-refused").text
    assert "You ask for more than the purpose needs." in page
    assert browser.get("/en/partners/requests/AAAA").status_code == 404
