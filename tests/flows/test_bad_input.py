"""Whatever comes in, the answer is the standard's own error with an incident id: never a trace, never a 5xx."""

import random
import socket
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from deploy.journey.page import Page, read
from deploy.journey.stack import Stack
from tests.flows.endpoints import ENDPOINTS, MACHINE, Endpoint, Speaks

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND")
FORM = "application/x-www-form-urlencoded"
GARBAGE = random.Random(20261121).randbytes(700)
BODIES = {
    "nothing": (FORM, b""),
    "a parameter twice": (FORM, b"client_id=a&client_id=b&grant_type=x&grant_type=y&token=1&token=2&answer=a&answer=b"),
    "unknown parameters": (FORM, b"unknown=1&__proto__=2&%5B%5D=3"),
    "broken escapes": (FORM, b"client_id=%zz&token=%ff%fe&grant_type=%00"),
    "random bytes": (FORM, GARBAGE),
    "random bytes as JSON": ("application/json", GARBAGE),
    "JSON": ("application/json", b'{"client_id": ["a"], "grant_type": {"a": null}}'),
    "deep JSON": ("application/json", b"[" * 9000),
    "text": ("text/plain", b"hello"),
    "no type": ("", b"client_id=a"),
    "another charset": (f"{FORM}; charset=utf-16", "client_id=a".encode("utf-16")),
    "multipart without a boundary": ("multipart/form-data", b"--x\r\n\r\nhello\r\n--x--"),
    "multipart cut short": (
        "multipart/form-data; boundary=x",
        b'--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n',
    ),
    "very many parameters": (FORM, b"&".join(b"p%d=1" % number for number in range(3000))),
    "too much": (FORM, b"client_id=" + b"a" * 200_000),
}
QUERIES = {
    "a parameter twice": "client_id=a&client_id=b&state=1&state=2&code=1&code=2",
    "broken escapes": "client_id=%zz&state=%ff%fe&code=%00",
    "a line break": "state=a%0d%0aSet-Cookie:%20x=1&to=%0d%0aSet-Cookie:%20x=1",
    "much": "state=" + "a" * 40_000,
    "another site": "to=//evil.example/&redirect_uri=https://evil.example/&request_uri=https://evil.example/",
    "random": "".join(chr(33 + byte % 90) for byte in GARBAGE).replace("#", ""),
}
HEADERS: dict[str, httpx.Headers] = {
    "authorization": httpx.Headers({"authorization": "Bearer " + "A" * 3000}),
    "another scheme": httpx.Headers({"authorization": "Basic Og=="}),
    "a strange scheme": httpx.Headers([(b"authorization", b"\xff\xfe \x80")]),
    "cookies": httpx.Headers({"cookie": "gba_browser=; gba_session=%00; gba_lang=xx; =; ;;; a"}),
    "latin cookies": httpx.Headers([(b"cookie", b"gba_browser=\xe4\xf6\xfc; gba_session=\xff")]),
    "languages": httpx.Headers({"accept-language": "zh-" * 400 + ";q=nan,*;q=-1,,;;q"}),
    "accepts nothing": httpx.Headers({"accept": "image/tiff;q=0"}),
    "a proof": httpx.Headers({"dpop": "a.b.c"}),
    "ranges": httpx.Headers({"range": "bytes=9-1,-,0-0", "if-none-match": '"', "if-modified-since": "yesterday"}),
}


@pytest.fixture
def client(running: Stack) -> httpx.Client:
    return httpx.Client(
        base_url=running.gateway, headers={"accept-language": "en"}, timeout=60, follow_redirects=False, trust_env=False
    )


def by_path(endpoint: Endpoint) -> str:
    return endpoint.path


def must_be_civil(answer: httpx.Response, endpoint: Endpoint) -> None:
    """Below 500, no trace, and if it is a refusal: in the endpoint's own words, with an incident id."""
    assert answer.status_code < 500, answer.text[:300]
    for telling in ("Traceback", 'File "', "site-packages", ".py:", "sqlalchemy", "werkzeug"):
        assert telling not in answer.text
    assert "x=1" not in answer.headers.get("set-cookie", "")
    assert "evil.example" not in answer.headers.get("location", "")
    if answer.status_code < 400:
        return
    kind = answer.headers.get("content-type", "").partition(";")[0]
    if endpoint.speaks is Speaks.OAUTH or (endpoint in MACHINE and kind == "application/json"):
        assert kind == "application/json"
        assert answer.json()["error"]
        assert answer.json()["incident"]
    elif endpoint.speaks is Speaks.PROBLEM:
        assert kind == "application/problem+json"
        assert answer.json()["type"].startswith("/problems/")
        assert answer.json()["status"] == answer.status_code
        assert answer.json()["instance"]
    else:
        assert kind == "text/html"
        page = as_page(answer)
        assert page.language.startswith("en")
        assert page.find("verify-form") or page.find("verify-problem") or page.text("incident")


def as_page(answer: httpx.Response) -> Page:
    return read(
        url=str(answer.url),
        status=answer.status_code,
        headers={"content-type": answer.headers.get("content-type", "")},
        body=answer.content,
    )


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=by_path)
def test_a_wrong_method_is_told_with_those_that_are_right(client: httpx.Client, endpoint: Endpoint) -> None:
    for method in METHODS:
        if method in endpoint.methods | endpoint.shared:
            continue
        answer = client.request(method, endpoint.path)
        assert answer.status_code == 405, method
        allowed = {name.strip() for name in answer.headers["allow"].split(",")}
        assert endpoint.methods <= allowed
        must_be_civil(answer, endpoint)


def test_a_method_that_nobody_knows_is_not_implemented(client: httpx.Client) -> None:
    answer = client.request("BREW", "/oauth/token")  # RFC 9110 §9.1: 501, where a known one would be 405
    assert answer.status_code == 501
    assert answer.json()["error_description"] == "method_unknown"
    assert answer.json()["incident"] == answer.headers["request-id"]


@pytest.mark.parametrize("endpoint", [one for one in ENDPOINTS if "POST" in one.methods], ids=by_path)
def test_a_bad_body_is_refused_in_the_endpoints_own_words(client: httpx.Client, endpoint: Endpoint) -> None:
    for name, (kind, body) in BODIES.items():
        headers = {"content-type": kind} if kind else {}
        answer = client.post(endpoint.path, content=body, headers=headers)
        assert 400 <= answer.status_code < 500 or answer.status_code in (200, 303), name
        must_be_civil(answer, endpoint)


@pytest.mark.parametrize("endpoint", [one for one in ENDPOINTS if "GET" in one.methods], ids=by_path)
def test_a_bad_query_is_refused_or_of_no_matter(client: httpx.Client, endpoint: Endpoint) -> None:
    for query in QUERIES.values():
        must_be_civil(client.get(f"{endpoint.path}?{query}"), endpoint)


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=by_path)
def test_bad_headers_are_refused_or_of_no_matter(client: httpx.Client, endpoint: Endpoint) -> None:
    for name, headers in HEADERS.items():
        answer = client.request(min(endpoint.methods), endpoint.path, headers=headers)
        if name != "languages" and not (name == "accepts nothing" and endpoint.speaks is Speaks.PAGE):
            must_be_civil(answer, endpoint)
        assert answer.status_code < 500


@pytest.mark.parametrize("endpoint", [one for one in ENDPOINTS if "POST" in one.methods], ids=by_path)
@pytest.mark.parametrize("length", ["99999999999", "-1", "1e3", "0x10"])
def test_a_length_that_cannot_be_is_refused_at_once(running: Stack, endpoint: Endpoint, length: str) -> None:
    status = spoken(
        running,
        f"POST {endpoint.path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: {FORM}\r\n"
        f"Content-Length: {length}\r\nConnection: close\r\n\r\na=1",
    )
    assert 400 <= status < 500


PATHS = (
    "/en/../../../etc/passwd",
    "/static/..%2f..%2f/etc/passwd",
    "/xx/",
    "/en/nothing-here",
    "/zh-Hant-HK/",
    "/en/documents/%00",
    "/en/documents/..%2f..",
    "/en/sign-in/" + "a" * 3000,
    "/en/sign-in/%F0%9F%98%80",
    "/%FF%FE",
    "/oauth/nothing",
    "/regions/XX/callback",
    "/regions/HK/receive/nothing",
    "/api/v1/nothing",
    "/problems/%3Cscript%3E",
    "/wp-login.php",
    "/.git/config",
)


@pytest.mark.parametrize("path", PATHS)
def test_a_path_that_leads_nowhere_is_told_so(client: httpx.Client, path: str) -> None:
    answer = client.get(path)
    assert 400 <= answer.status_code < 500
    assert "root:" not in answer.text
    assert "<script>" not in answer.text
    assert "Traceback" not in answer.text


def test_what_is_no_http_ends_nothing(running: Stack, client: httpx.Client) -> None:
    parts = urlsplit(running.gateway)
    for nonsense in (GARBAGE, b"\x16\x03\x01\x02\x00\x01\x00", b"GET / HTTP/9.9\r\n\r\n", b"GET  \r\n\r\n"):
        with socket.create_connection((parts.hostname, parts.port), timeout=10) as connection, suppress(OSError):
            connection.sendall(nonsense)  # it may hang up before we do
            connection.shutdown(socket.SHUT_WR)
            while connection.recv(4096):
                pass
    assert client.get("/healthz").status_code == 200


def test_a_problem_is_told_in_the_readers_language(client: httpx.Client) -> None:
    for asked, spoken_in in (("zh-HK", "zh-Hant"), ("zh-CN", "zh-Hans"), ("pt", "pt"), ("en", "en")):
        page = as_page(client.get("/oauth/authorize", headers={"accept-language": asked}))
        assert page.language.startswith(spoken_in)
        assert page.text("incident")


def test_a_problem_is_told_as_json_to_who_prefers_it(client: httpx.Client) -> None:
    answer = client.get("/en/nothing-here", headers={"accept": "application/json"})
    assert answer.headers["content-type"].startswith("application/problem+json")
    assert answer.json()["status"] == 404


def test_none_of_this_left_a_trace_of_a_fault_in_the_log(running: Stack, client: httpx.Client) -> None:
    client.post("/oauth/token", content=GARBAGE, headers={"content-type": FORM})
    for log in logs(running):
        text = log.read_text("utf-8", "replace")
        assert "Traceback" not in text
        assert [line for line in text.splitlines() if '"message":"unforeseen"' in line] == []


def logs(stack: Stack) -> list[Path]:
    return [stack.log, *stack.data_dir.rglob("*.log")]


def spoken(stack: Stack, text: str) -> int:
    """The status that a raw request is answered with."""
    parts = urlsplit(stack.gateway)
    with socket.create_connection((parts.hostname, parts.port), timeout=20) as connection:
        connection.sendall(text.encode())
        answer = connection.recv(4096).decode("latin-1")
    return int(answer.split()[1])
