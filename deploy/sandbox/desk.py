"""What every simulator's page does: show persons or a question, and read the answer."""

from collections.abc import Mapping
from urllib.parse import urlencode

from flask import Response, make_response, redirect, render_template, request

from deploy.sandbox.people import by_words, person, residents
from deploy.sandbox.person import Person
from deploy.sandbox.wording import language, words
from gateway.frozen import Frozen
from gateway.identity.region import Region

AGREE, CANCEL, REJECT, TIME_OUT = "agree", "cancel", "reject", "time_out"
ANSWERS = (AGREE, CANCEL, REJECT, TIME_OUT)


class Answer(Frozen):
    """What the person did; `person` is None when nobody has the words."""

    answer: str
    person: Person | None


def show(template: str, *, party: str, asked_language: str = "", status: int = 200, **facts: object) -> Response:
    """A page in the person's language. `party` is hk, mo, gd or check, and chooses the look."""
    code = language(asked_language, request.headers.get("Accept-Language", ""))
    page = render_template(f"sandbox/{template}.html", words=words(code), language=code, party=party, **facts)
    response = make_response(page, status)
    response.headers["Content-Language"] = code
    return response


def choose(region: Region, *, party: str, asked_language: str, problem: str = "", **facts: object) -> Response:
    """The page on which one chooses a person."""
    return show(
        "choose",
        party=party,
        asked_language=asked_language,
        status=400 if problem else 200,
        people=residents(region),
        problem=problem,
        **facts,
    )


def gone(party: str) -> Response:
    """What was asked for is not there (any more)."""
    return show("gone", party=party, status=410)


def read_answer(region: Region, form: Mapping[str, str]) -> Answer:
    """The form of the choosing page: typed words count before a chosen person."""
    answer = form.get("answer", "")
    if answer not in ANSWERS:
        answer = CANCEL
    typed = form.get("login", "").strip()
    found = by_words(typed, form.get("password", "")) if typed else person(form.get("person", ""))
    if found is not None and found not in residents(region):
        found = None
    return Answer(answer=answer, person=found)


def back(url: str, parameters: Mapping[str, str]) -> Response:
    """Send the browser back to who asked."""
    separator = "&" if "?" in url else "?"
    response = make_response(redirect(f"{url}{separator}{urlencode(parameters)}", 303))
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
