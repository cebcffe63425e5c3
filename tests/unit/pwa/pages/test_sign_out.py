"""Signing out: asked when an agency wants it, answered by one of two buttons, led back only after a yes."""

import re

import pytest
from flask.testing import FlaskClient

from tests.fakes.pages import SESSION, FakePages, pages


@pytest.fixture
def made() -> FakePages:
    return pages()


@pytest.fixture
def browser(made: FakePages) -> FlaskClient:
    client = made.app.test_client()
    client.set_cookie("gba_session", SESSION)
    return client


def answer(browser: FlaskClient, request: str, **fields: str) -> tuple[int, str]:
    page = browser.get(f"/en/sign-out?request={request}").get_data(as_text=True)
    token = re.search(r'name="token" value="([^"]+)"', page)
    assert token
    form = {"token": token[1], "request": request} | fields
    answer = browser.post("/en/sign-out", data=form, headers={"Origin": "http://localhost"})
    return answer.status_code, answer.headers.get("Location", "")


def test_the_page_says_who_asks_and_has_both_answers(browser: FlaskClient) -> None:
    page = browser.get("/en/sign-out?request=r1").get_data(as_text=True)
    assert "Registry asks for it" in page
    assert 'id="logout-yes"' in page
    assert 'id="logout-no"' in page
    assert "asks for it" not in browser.get("/en/sign-out").get_data(as_text=True)


def test_a_yes_leads_back_to_the_agency_and_a_no_keeps_the_session(browser: FlaskClient) -> None:
    assert answer(browser, "r1", answer="decline") == (303, "/en/")
    assert answer(browser, "r1", answer="agree") == (303, "https://agency.example/bye")


def test_without_an_agency_one_ends_on_our_own_page(browser: FlaskClient, made: FakePages) -> None:
    assert answer(browser, "", answer="agree") == (303, "/en/?done=signed-out")
    assert made.sessions.ended == [SESSION]
    assert answer(browser, "nobody", answer="agree") == (303, "/en/?done=signed-out")


def test_a_question_that_is_none_of_ours_is_a_problem(browser: FlaskClient) -> None:
    assert browser.get("/en/sign-out?request=forged").status_code == 400


def test_a_form_from_elsewhere_signs_nobody_out(browser: FlaskClient, made: FakePages) -> None:
    posted = browser.post("/en/sign-out", data={"answer": "agree"}, headers={"Origin": "https://evil.example"})
    assert posted.status_code == 403
    assert made.sessions.ended == []
