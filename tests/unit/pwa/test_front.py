"""A page of a sign-in is the same whether the front carries it or Flask."""

import io
from functools import cache
from typing import Any

import pytest
from flask.testing import FlaskClient

from pwa import form_token
from pwa.front import LONGEST_FORM, Front
from tests.fakes import page_examples as examples
from tests.fakes.pages import KEY, SESSION, FakePages, pages

BROWSER = "a-browser"
TOKEN = form_token.token(KEY, BROWSER)


@cache
def sites() -> tuple[FakePages, FakePages]:
    """The same site twice: with its front, and without."""
    whole, bare = pages(), pages()
    front = bare.app.wsgi_app
    assert isinstance(front, Front)
    bare.app.wsgi_app = front.behind  # type: ignore[method-assign, assignment]
    return whole, bare


def client(site: FakePages, *, session: bool = True) -> FlaskClient:
    made = site.app.test_client()
    made.set_cookie("gba_browser", BROWSER)
    if session:
        made.set_cookie("gba_session", SESSION)
    return made


def both(method: str, path: str, **request: Any) -> list[tuple[int, list[tuple[str, str]], str]]:
    """Status, headers and body through the front and through Flask alone; an incident's id is any."""
    seen = []
    for site in sites():
        answer = client(site).open(path, method=method, environ_overrides={"gba.incident": "I1"}, **request)
        seen.append((answer.status_code, sorted(answer.headers), answer.text))
    return seen


@pytest.mark.parametrize("language", ["zh-Hant", "zh-Hans", "en", "pt"])
@pytest.mark.parametrize("stage", [*examples.all_stages("en"), "nowhere"])
def test_a_stage_is_shown_alike(stage: str, language: str) -> None:
    first, second = both("GET", f"/{language}/sign-in/{stage}", headers={"Accept-Language": "zh-MO"})
    assert first == second


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("/en/sign-in", {}),
        ("/en/sign-in/choose/region", {"region": "HK"}),
        ("/en/sign-in/choose/region", {"region": "XX"}),
        ("/pt/sign-in/matched/bind", {"answer": "agree", "shown": "sha256:x", "modes": "dark"}),
        ("/en/sign-in/matched/bind", {"answer": "perhaps"}),
        ("/en/sign-in/choose/bind", {"answer": "agree"}),
        ("/en/sign-in/claims/claims", {"answer": "agree", "claim": ["name", "gender"]}),
        ("/en/sign-in/finished-post/cancel", {}),
        ("/en/sign-in/choose/dance", {}),
        ("/en/sign-in/choose/region", {"region": "HK", "token": "of-another"}),
        ("/en/sign-in/choose/region", {f"field{number}": "x" for number in range(90)}),
    ],
)
def test_a_form_is_answered_alike(path: str, form: dict[str, str | list[str]]) -> None:
    first, second = both("POST", path, data={"token": TOKEN, **form}, headers={"Origin": "http://localhost"})
    assert first == second


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("HEAD", "/en/sign-in/choose"),
        ("OPTIONS", "/en/sign-in/choose"),
        ("DELETE", "/en/sign-in/choose"),
        ("GET", "/en/sign-in/choose/region"),
        ("GET", "/en/sign-in/choose/"),
        ("GET", "/sign-in/choose"),
        ("GET", "/xx/sign-in/choose"),
        ("GET", "/en/sign-in/%E4%B8%AD"),
        ("GET", "/en//choose"),
        ("GET", "/"),
        ("GET", ""),
    ],
)
def test_what_the_front_does_not_carry_goes_on(method: str, path: str) -> None:
    first, second = both(method, path)
    assert first == second


def test_a_form_of_another_kind_goes_on() -> None:
    for request in (
        {"data": {"token": TOKEN, "region": "HK"}, "content_type": "multipart/form-data"},
        {"data": {"token": TOKEN, "region": "HK", "pad": "x" * LONGEST_FORM}},
        {"json": {"token": TOKEN}},
    ):
        first, second = both("POST", "/en/sign-in/choose/region", **request)
        assert first == second


def test_several_ticks_arrive() -> None:
    site = pages()
    form = {"token": TOKEN, "answer": "agree", "claim": ["name", "gender"]}
    assert client(site).post("/en/sign-in/claims/claims", data=form).status_code == 303
    assert site.sign_ins.optional == frozenset({"name", "gender"})


def test_a_form_that_was_cut_short_is_not_taken() -> None:
    site = pages()
    body = f"token={TOKEN}&region=HK".encode()
    answer = client(site).post(
        "/en/sign-in/choose/region",
        input_stream=io.BytesIO(body[:-1]),
        content_type="application/x-www-form-urlencoded",
        environ_overrides={"CONTENT_LENGTH": str(len(body))},
    )
    assert answer.status_code == 400
    assert site.sign_ins.calls == []


def test_more_fields_than_a_form_of_ours_has_are_not_taken() -> None:
    form = {"token": TOKEN, "region": "HK", **{f"field{number}": "x" for number in range(101)}}
    assert client(pages()).post("/en/sign-in/choose/region", data=form).status_code == 400


def test_a_new_browser_gets_its_name() -> None:
    answer = pages().app.test_client().get("/en/sign-in")
    (cookie,) = answer.headers.getlist("Set-Cookie")
    assert cookie.startswith("gba_browser=")
    assert "HttpOnly" in cookie


def test_what_nobody_foresaw_is_an_incident_here_too(monkeypatch: pytest.MonkeyPatch) -> None:
    site = pages()

    def broken(*_: object, **__: object) -> object:
        raise RuntimeError("secret of the house")

    monkeypatch.setattr(site.sign_ins.__class__, "view", broken)
    answer = client(site).get("/en/sign-in/choose", environ_overrides={"gba.incident": "I9"})
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert ">I9<" in answer.text
