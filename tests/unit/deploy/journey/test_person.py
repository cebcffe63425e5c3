"""The journey's person keeps cookies, follows redirects one by one, and says where they are when lost."""

import pytest
from flask import Flask, redirect, request
from flask.typing import ResponseReturnValue
from httpx import WSGITransport

from deploy.journey.person import Lost, Person, with_phone


def person() -> Person:
    app = Flask(__name__)

    @app.get("/")
    def start() -> ResponseReturnValue:
        answer = redirect("/form")
        answer.set_cookie("seen", "1")
        return answer

    @app.get("/form")
    def form() -> str:
        return '<form method="post" action="/take"><input name="a" value="1"><button id="b" name="c" value="2"></form>'

    @app.post("/take")
    def take() -> ResponseReturnValue:
        sent = f"{request.form['a']} {request.form['c']} {request.cookies['seen']} {request.headers['Origin']}"
        return redirect(f"/done/{sent.replace('/', '_')}", code=303)

    @app.get("/done/<sent>")
    def done(sent: str) -> str:
        return f'<p id="sent">{sent} {"Origin" in request.headers}</p>'

    @app.get("/round")
    def around() -> ResponseReturnValue:
        return redirect("/round")

    return with_phone("zh-HK", transport=WSGITransport(app=app))


def test_pressing_a_button_sends_its_form_with_cookies_and_origin() -> None:
    somebody = person()
    somebody.go("http://localhost/")
    somebody.press("b", {"a": "9"})
    assert somebody.screen.text("sent") == "9 2 1 http:__localhost False"
    assert [hop.split("/")[3] for hop in somebody.hops] == ["take", "done"]


def test_a_missing_button_is_told_with_what_there_was() -> None:
    somebody = person()
    somebody.go("http://localhost/form?secret=1")
    with pytest.raises(Lost, match=r"no #x on http://localhost/form \(status 200, .*there are: b"):
        somebody.press("x")


def test_redirects_without_an_end_are_left() -> None:
    with pytest.raises(Lost, match="redirects"):
        person().go("http://localhost/round")
