"""The only way out keeps its list, its limits and its silence about what failed."""

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

import pytest

from deploy.egress import Egress, origin
from gateway.ports.egress import EgressFailed

Start = Callable[..., Any]


def world(environ: dict[str, Any], start_response: Start) -> Iterable[bytes]:
    """A small outside: /big answers much, /away redirects, the rest echoes."""
    if environ["PATH_INFO"] == "/big":
        start_response("200 OK", [("content-type", "text/plain")])
        return (b"x" * 1000 for _ in range(10))
    if environ["PATH_INFO"] == "/away":
        start_response("302 Found", [("location", "http://elsewhere.example/")])
        return [b""]
    start_response("200 OK", [("X-Method", environ["REQUEST_METHOD"])])
    return [environ["wsgi.input"].read()]


@pytest.fixture
def egress() -> Egress:
    return Egress(
        allowed=["http://outside.example/path"],
        timeout=timedelta(seconds=2),
        largest=5000,
        connections=2,
        mounted={"http://outside.example": world},
    )


def test_an_allowed_host_answers(egress: Egress) -> None:
    reply = egress("POST", "http://outside.example/echo", body=b"hello")
    assert (reply.status, reply.headers["x-method"], reply.body) == (200, "POST", b"hello")


@pytest.mark.parametrize(
    "url",
    ["http://elsewhere.example/", "https://outside.example/", "http://outside.example:81/", "http://127.0.0.1/"],
)
def test_another_host_scheme_or_port_is_refused(egress: Egress, url: str) -> None:
    with pytest.raises(EgressFailed) as failed:
        egress("GET", url)
    assert failed.value.reason == "host_not_allowed"


def test_an_answer_that_is_too_large_is_cut_off(egress: Egress) -> None:
    with pytest.raises(EgressFailed) as failed:
        egress("GET", "http://outside.example/big")
    assert failed.value.reason == "answer_too_large"


def test_a_redirect_is_an_answer_and_not_followed(egress: Egress) -> None:
    assert egress("GET", "http://outside.example/away").status == 302


def test_a_failure_does_not_tell_the_url() -> None:
    closed = Egress(allowed=["http://127.0.0.1:9"], timeout=timedelta(seconds=1), largest=10, connections=1)
    with pytest.raises(EgressFailed) as failed:
        closed("GET", "http://127.0.0.1:9/?client_secret=s")
    assert str(failed.value) == "no_answer"
    assert failed.value.__cause__ is None


def test_origins_are_compared_with_their_ports() -> None:
    assert origin("https://a.example/x") == origin("https://a.example:443")
    assert origin("https://a.example") != origin("http://a.example")


def test_a_registered_address_may_be_reached_as_it_is_registered_and_no_other() -> None:
    registered: set[str] = set()
    egress = Egress(
        allowed=[],
        timeout=timedelta(seconds=5),
        largest=100,
        connections=2,
        mounted={"http://partner.example": world},
        registered=lambda: registered,
    )
    with pytest.raises(EgressFailed, match="host_not_allowed"):
        egress("GET", "http://partner.example/echo")
    registered.add("http://partner.example/echo")
    assert egress("GET", "http://partner.example/echo").status == 200
    with pytest.raises(EgressFailed, match="host_not_allowed"):
        egress("GET", "http://partner.example/other")
