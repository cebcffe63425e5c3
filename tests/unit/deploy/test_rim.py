"""The machine rim by itself: which handler a path meets, what it is given, and what it may send."""

import io
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from wsgiref.types import StartResponse, WSGIEnvironment

import pytest

from deploy.rim import Incidents, Rim, Route, Waits
from deploy.serving.terms import Terms
from gateway.endpoints.wire import Page, Request, Response

Seen = list[Request]


@dataclass(frozen=True)
class AnswerOfAnother:
    """An answer that is none of the gateway's types, as trust gives them."""

    status: int = 202
    headers: tuple[tuple[str, str], ...] = (("Cache-Control", "max-age=5"),)
    body: bytes = b"other"


def pages(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
    problem = environ.get("gba.problem")
    start("404 Not Found" if problem is None else f"{problem.status} x", [])
    read = environ["wsgi.input"].read()
    return [f"{environ['REQUEST_METHOD']} {getattr(problem, 'reason', 'nothing')} {len(read)}".encode()]


def make(seen: Seen, *, https: bool = False, **more: Any) -> Rim:
    def see(request: Request) -> Response:
        seen.append(request)
        return Response(200, (("Content-Type", "text/plain"),), b"seen")

    return Rim(
        routes={
            ("GET", "/exact"): see,
            ("POST", "/exact"): see,
            ("POST", "/large"): Route(see, body_limit=100_000),
            ("GET", "/memory"): Route(see, waits=Waits.FOR_NOBODY),
            ("GET", "/database"): Route(see, waits=Waits.FOR_THE_DATABASE),
            ("GET", "/things/{id}"): see,
            ("GET", "/things/special"): lambda _: AnswerOfAnother(),
            ("POST", "/things/{id}/parts/{part}"): see,
            ("POST", "/ask"): lambda request: Page(status=400, reason="ask_again", incident=request.incident),
        },
        pages=pages,
        https=https,
        new_incident=lambda: "incident-1",
        **more,
    )


def test_no_two_requests_have_one_incident() -> None:
    draw = Incidents()
    drawn = [draw() for _ in range(1000)]
    assert len(set(drawn)) == 1000
    assert {len(one) for one in drawn} == {16}


@pytest.mark.parametrize(
    ("method", "path", "limit", "brief"),
    [
        ("GET", "/memory", 65_536, True),
        ("HEAD", "/memory", 65_536, True),
        ("PUT", "/memory", 65_536, True),  # the rim's own answer
        ("GET", "/oauth/nothing", 65_536, True),
        ("GET", "/database", 65_536, False),
        ("POST", "/large", 100_000, False),
        ("GET", "/things/1", 65_536, False),
        ("GET", "/a/page", 9, False),
    ],
)
def test_terms_are_told_before_a_body_is_read(method: str, path: str, limit: int, brief: bool) -> None:
    rim = make([], page_terms=lambda _method, _path: Terms(9))
    assert rim.terms(method, path) == Terms(limit, brief=brief, by_itself=brief)


def call(rim: Rim, method: str, path: str, body: bytes = b"", **environ: Any) -> tuple[int, dict[str, str], bytes]:
    told: list[Any] = []
    given = {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": io.BytesIO(body),
        **environ,
    }
    content = b"".join(rim(given, lambda status, headers, _=None: told.extend((status, headers))))  # type: ignore[arg-type]
    return int(told[0][:3]), dict(told[1]), content


@pytest.mark.parametrize(
    ("method", "path", "captured"),
    [
        ("GET", "/exact", {}),
        ("GET", "/things/7", {"id": "7"}),
        ("POST", "/things/7/parts/b", {"id": "7", "part": "b"}),
    ],
)
def test_a_path_meets_its_handler_with_what_stood_in_it(method: str, path: str, captured: dict[str, str]) -> None:
    seen: Seen = []
    assert call(make(seen), method, path)[0] == 200
    assert seen[0].captured == captured
    assert (seen[0].path, seen[0].incident) == (path, "incident-1")


@pytest.mark.parametrize(
    "path", ["/", "/exact/", "/things", "/things/", "/things/7/", "/things//parts/b", "/things/7/x"]
)
def test_a_path_that_is_not_in_the_table_goes_to_the_pages(path: str) -> None:
    assert call(make([]), "GET", path)[2] == b"GET nothing 0"


@pytest.mark.parametrize("path", ["/things/\0", "/things/7\0", "/en/page\0"])
def test_an_address_with_a_nul_is_nobodys(path: str) -> None:
    """PostgreSQL takes it in no text, so a look-up by it would fail."""
    seen: Seen = []
    status, _, content = call(make(seen), "GET", path)
    assert (status, seen) == (404, [])
    assert b"address_unknown" in content


def test_an_exact_path_comes_before_a_pattern_and_any_type_of_answer_will_do() -> None:
    status, headers, content = call(make([]), "GET", "/things/special")
    assert (status, content) == (202, b"other")
    assert headers["Cache-Control"] == "max-age=5"
    assert headers["X-Content-Type-Options"] == "nosniff"


def test_a_handler_sees_headers_in_lower_case_and_the_body_whole() -> None:
    seen: Seen = []
    call(make(seen), "POST", "/exact", b"abc", HTTP_X_NAME="v", CONTENT_TYPE="text/x", QUERY_STRING="a=1")
    assert seen[0].headers == {"x-name": "v", "content-type": "text/x"}
    assert (seen[0].body, seen[0].query) == (b"abc", "a=1")


def test_each_route_has_its_own_limit() -> None:
    rim = make([])
    assert call(rim, "POST", "/exact", b"x" * 65_536)[0] == 200
    assert call(rim, "POST", "/exact", b"x" * 65_537)[0] == 413
    assert call(rim, "POST", "/large", b"x" * 65_537)[0] == 200
    assert call(rim, "POST", "/large", b"x" * 100_001)[0] == 413


def test_a_body_on_get_is_not_read() -> None:
    seen: Seen = []
    call(make(seen), "GET", "/exact", b"body")
    assert seen[0].body == b""


def test_what_a_person_must_read_is_handed_to_the_pages_as_a_get_without_a_body() -> None:
    assert call(make([]), "POST", "/ask", b"form=1") == (400, {}, b"GET ask_again 0")


def test_only_https_promises_https() -> None:
    assert "Strict-Transport-Security" in call(make([], https=True), "GET", "/exact")[1]
    assert "Strict-Transport-Security" not in call(make([], https=False), "GET", "/exact")[1]


def test_head_tells_the_length_and_sends_nothing() -> None:
    status, headers, content = call(make([]), "HEAD", "/exact")
    assert (status, headers["Content-Length"], content) == (200, "4", b"")


def test_a_page_that_refuses_a_body_ends_its_connection_and_says_so() -> None:
    assert call(make([]), "POST", "/a-page", b"form=1")[1] == {"Connection": "close"}
    assert call(make([]), "GET", "/a-page")[1] == {}


def test_whoever_wants_to_know_is_told_of_refusals_alone_and_cannot_change_them() -> None:
    told: list[tuple[Request, object]] = []

    def note(request: Request, answer: object) -> None:
        told.append((request, answer))
        raise LookupError("private")

    rim = Rim(
        routes={
            ("GET", "/good"): lambda _: Response(200),
            ("GET", "/bad"): lambda _: Response(400, (), b"no", "reason_given"),
            ("GET", "/elsewhere"): lambda _: Response(
                303, (("Location", "https://agency.example/?error=x"),), b"", "why"
            ),
            ("GET", "/on"): lambda _: Response(303, (("Location", "https://agency.example/?code=x"),)),
        },
        pages=pages,
        https=False,
        noted=note,
    )
    assert [call(rim, "GET", path)[0] for path in ("/good", "/on", "/bad", "/elsewhere", "/nowhere")] == [
        200,
        303,
        400,
        303,
        404,
    ]
    assert [request.path for request, _ in told] == ["/bad", "/elsewhere"]
