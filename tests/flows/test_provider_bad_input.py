"""Bad input at every endpoint of the provider, through the rim: the standard's error, an incident id, never a 5xx."""

import io
import json
import logging
import random
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode
from wsgiref.types import StartResponse, WSGIEnvironment

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from deploy.rim import Rim
from gateway.endpoints.wire import FORM
from tests.fakes.oidc_world import Agency, World, make_world

POSTED = ("/oauth/par", "/oauth/token", "/oauth/introspect", "/oauth/revoke")
ALL = (*POSTED, "/oauth/authorize", "/oauth/userinfo", "/oauth/jwks", "/.well-known/openid-configuration")


class Answer:
    """What came back over WSGI."""

    def __init__(self, rim: Rim, method: str, path: str, *, body: bytes = b"", **environ: str) -> None:
        told: dict[str, Any] = {
            "REQUEST_METHOD": method,
            "PATH_INFO": path,
            "QUERY_STRING": "",
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.input": io.BytesIO(body),
            "REMOTE_ADDR": "192.0.2.1",
        } | environ
        told = {name: value for name, value in told.items() if value is not None}

        def start(status: str, headers: list[tuple[str, str]], exc_info: object = None) -> Any:
            self.status, self.headers = int(status[:3]), dict(headers)

        self.body = b"".join(rim(told, start))

    @property
    def json(self) -> dict[str, Any]:
        told: dict[str, Any] = json.loads(self.body)
        return told


def pages(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
    """Where Flask would be: shows the reason of a refusal, or that nothing is there."""
    problem = environ.get("gba.problem")
    start(f"{problem.status if problem else 404} x", [("Content-Type", "text/html")])
    assert environ["gba.incident"]
    assert problem is None or environ["REQUEST_METHOD"] == "GET"
    return [(problem.reason if problem else "nothing").encode()]


@pytest.fixture(scope="module")
def world(sqlite_engine_of_module: sa.Engine) -> World:
    return make_world(sqlite_engine_of_module)


@pytest.fixture(scope="module")
def agency(world: World) -> Agency:
    return Agency(world).enrol()


@pytest.fixture(scope="module")
def rim(world: World) -> Rim:
    return Rim(routes=world.provider.routes, pages=pages, https=True)


@pytest.mark.parametrize("path", ALL)
@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE", "BREW", "POST", "GET"])
def test_another_method_is_told_which_are_allowed(rim: Rim, path: str, method: str) -> None:
    answer = Answer(rim, method, path, CONTENT_TYPE=FORM)
    if method in ("GET", "POST") and answer.status != 405:
        return
    assert answer.status == 405
    assert method not in answer.headers["Allow"].split(", ")
    assert answer.json["error"] == "invalid_request"
    assert answer.json["incident"] == answer.headers["Request-Id"]


@pytest.mark.parametrize("path", POSTED)
@pytest.mark.parametrize(
    ("body", "kind", "refusal"),
    [
        (b"", FORM, (401, "assertion_missing")),
        (b"{}", "application/json", (400, "content_type_other_than_form")),
        (b"a=1", "", (400, "content_type_other_than_form")),
        (b"a=1&a=2", FORM, (400, "parameter_repeated")),
        (b"client_id=x&client%5fid=x", FORM, (400, "parameter_repeated")),
        (b"a=%zz", FORM, (400, "parameters_malformed")),
        (b"a=%ff%fe", FORM, (400, "parameters_malformed")),
        (b"a=\xff", FORM, (400, "parameters_malformed")),
        (b"a=%00", FORM, (400, "parameters_malformed")),
        (b"&".join(b"a%d=1" % number for number in range(100)), FORM, (400, "parameters_too_many")),
        (b"a=" + b"x" * 40_000, FORM, (413, "body_too_large")),
        (b"a=" + b"x" * 70_000, FORM, (413, "body_too_large")),
    ],
)
def test_a_form_is_read_strictly(rim: Rim, path: str, body: bytes, kind: str, refusal: tuple[int, str]) -> None:
    answer = Answer(rim, "POST", path, body=body, CONTENT_TYPE=kind)
    assert (answer.status, answer.json["error_description"]) == refusal
    assert answer.json["incident"] == answer.headers["Request-Id"]
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", POSTED)
def test_parameters_do_not_belong_into_the_url(rim: Rim, path: str) -> None:
    answer = Answer(rim, "POST", path, body=b"a=1", CONTENT_TYPE=FORM, QUERY_STRING="client_assertion=x")
    assert answer.json["error_description"] == "parameters_in_query"


@pytest.mark.parametrize(("length", "status"), [("-1", 400), ("1e9", 400), ("٣", 400), ("9" * 30, 413), ("70000", 413)])
def test_a_length_is_believed_only_when_it_can_be(rim: Rim, length: str, status: int) -> None:
    assert Answer(rim, "POST", "/oauth/token", CONTENT_TYPE=FORM, CONTENT_LENGTH=length).status == status


def test_a_body_without_a_length_is_bounded_too(rim: Rim) -> None:
    answer = Answer(rim, "POST", "/oauth/token", body=b"a=" + b"x" * 100_000, CONTENT_TYPE=FORM, CONTENT_LENGTH="")
    assert answer.status == 413


def test_a_body_that_was_cut_short_is_not_used(rim: Rim) -> None:
    assert Answer(rim, "POST", "/oauth/token", body=b"a=1", CONTENT_TYPE=FORM, CONTENT_LENGTH="10").status == 400


@pytest.mark.parametrize(
    ("environ", "status", "error"),
    [
        ({}, 401, "invalid_token"),
        ({"HTTP_AUTHORIZATION": "Basic eDp5"}, 401, "invalid_token"),
        ({"HTTP_AUTHORIZATION": "Bearer"}, 401, "invalid_token"),
        ({"HTTP_AUTHORIZATION": "Bearer a.b.c"}, 401, "invalid_token"),
        ({"HTTP_AUTHORIZATION": "Bearer " + "é" * 9}, 401, "invalid_token"),
        ({"HTTP_AUTHORIZATION": "Bearer " + "a" * 60_000}, 401, "invalid_token"),
        ({"QUERY_STRING": "access_token=a.b.c"}, 400, "invalid_request"),
    ],
)
def test_userinfo_challenges_who_has_no_token(rim: Rim, environ: dict[str, str], status: int, error: str) -> None:
    answer = Answer(rim, "GET", "/oauth/userinfo", body=b"", **environ)
    assert (answer.status, answer.json["error"]) == (status, error)
    assert ("WWW-Authenticate" in answer.headers) == (status == 401)


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("", "client_missing"),
        ("client_id=nobody", "client_unknown"),
        ("client_id=registry", "redirect_uri_missing"),
        ("client_id=registry&client_id=registry", "parameter_repeated"),
        ("client_id=registry&request_uri=urn:ietf:params:oauth:request_uri:x", "request_uri_unknown"),
        ("client_id=registry&request_uri=https://evil.example/r", "redirect_uri_missing"),
        ("client_id=%zz", "parameters_malformed"),
        ("client_id=" + "x" * 40_000, "parameters_too_long"),
    ],
)
@pytest.mark.usefixtures("agency")
def test_a_person_reads_what_is_wrong_on_a_page(rim: Rim, query: str, reason: str) -> None:
    answer = Answer(rim, "GET", "/oauth/authorize", QUERY_STRING=query)
    assert answer.status in (400, 414)
    assert answer.body.decode() == reason


def test_every_answer_carries_the_headers_that_protect_it(rim: Rim) -> None:
    for path in ("/oauth/jwks", "/oauth/userinfo"):
        headers = Answer(rim, "GET", path).headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Strict-Transport-Security"]
        assert headers["Content-Security-Policy"].startswith("default-src 'none'")


def test_head_is_get_without_its_body_and_options_tells_the_methods(rim: Rim) -> None:
    whole, head = Answer(rim, "GET", "/oauth/jwks"), Answer(rim, "HEAD", "/oauth/jwks")
    assert (head.status, head.body) == (200, b"")
    assert head.headers["Content-Length"] == str(len(whole.body))
    options = Answer(rim, "OPTIONS", "/oauth/userinfo")
    assert (options.status, options.headers["Allow"]) == (204, "GET, HEAD, OPTIONS, POST")


def test_other_paths_go_on_to_the_pages(rim: Rim) -> None:
    assert Answer(rim, "GET", "/en/").body == b"nothing"


def test_what_nobody_foresaw_is_told_by_its_incident_only(world: World, caplog: pytest.LogCaptureFixture) -> None:
    def broken(_: object) -> object:
        raise RuntimeError("secret detail of 陳大文")

    broken_rim = Rim(
        routes={("GET", "/oauth/jwks"): broken, ("GET", "/api/v1/x/{id}"): broken}, pages=pages, https=False
    )
    with caplog.at_level(logging.INFO):
        answer = Answer(broken_rim, "GET", "/oauth/jwks")
        problem = Answer(broken_rim, "GET", "/api/v1/x/1")
    assert answer.status == 500
    assert answer.json == {
        "error": "server_error",
        "error_description": "unforeseen",
        "incident": answer.headers["Request-Id"],
    }
    assert problem.headers["Content-Type"] == "application/problem+json"
    assert caplog.records[0].incident == answer.headers["Request-Id"]  # type: ignore[attr-defined]


def test_a_refusal_is_found_in_the_log_by_its_incident(rim: Rim, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        answer = Answer(rim, "POST", "/oauth/token", body=b"client_assertion=very-private", CONTENT_TYPE=FORM)
    record = caplog.records[-1]
    assert record.incident == answer.headers["Request-Id"]  # type: ignore[attr-defined]
    assert record.reason == "assertion_type_unknown"  # type: ignore[attr-defined]
    assert "very-private" not in str(record.__dict__)


NAMES = st.sampled_from(
    ["grant_type", "code", "redirect_uri", "client_id", "scope", "token", "claims", "authorization_details", "prompt",
     "request_uri", "response_type", "code_challenge", "max_age", "id_token_hint", "dpop_jkt", "ui_locales"]
)  # fmt: skip


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(path=st.sampled_from(ALL), other=st.dictionaries(NAMES, st.text(max_size=40)), raw=st.binary(max_size=200))
def test_garbage_is_refused_and_never_breaks_anything(
    rim: Rim, agency: Agency, path: str, other: dict[str, str], raw: bytes
) -> None:
    honest = agency.request() | {"grant_type": "authorization_code", "code": "x", "token": "y"} | agency.auth()
    form = urlencode(honest | other, errors="replace").encode()
    for body in (form, raw):
        assert Answer(rim, "POST", path, body=body, CONTENT_TYPE=FORM, HTTP_DPOP=raw.decode("latin-1")).status < 500
        query = body.decode("latin-1")
        token = f"Bearer {raw.decode('latin-1')}"
        assert Answer(rim, "GET", path, QUERY_STRING=query, HTTP_AUTHORIZATION=token, HTTP_COOKIE=query).status < 500


def test_a_token_with_any_letter_changed_is_not_ours(rim: Rim, agency: Agency) -> None:
    token = agency.tokens()["access_token"]
    chance = random.Random(7)
    for _ in range(60):
        at = chance.randrange(len(token))
        letter = chance.choice("ABCxyz019-_.=")
        if letter == token[at]:
            continue
        changed = token[:at] + letter + token[at + 1 :]
        assert Answer(rim, "GET", "/oauth/userinfo", HTTP_AUTHORIZATION=f"Bearer {changed}").status == 401
