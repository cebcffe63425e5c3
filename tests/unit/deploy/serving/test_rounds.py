"""Requests that are there at once are answered in one round, and sent when what they did is kept."""

import threading
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from wsgiref.types import StartResponse, WSGIEnvironment

import pytest

from deploy.serving.connection import Connection
from deploy.serving.reader import Request
from deploy.serving.server import Server
from deploy.serving.terms import may_wait
from tests.fixtures.serving import Line, Served, say, tell
from tests.unit.deploy.serving.conftest import Serve


class Full(Exception):
    """As of a disk."""


class Gate:
    """A brief view that holds the loop up, so that what is sent meanwhile is read at once."""

    def __init__(self) -> None:
        self.held_up = threading.Event()
        self.go = threading.Event()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        self.held_up.set()
        assert self.go.wait(10)
        return say("gate")(environ, start_response)


def ask(path: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: here\r\n\r\n".encode()


def at_once(served: Served, gate: Gate, *requests: bytes) -> list[Line]:
    """Lines whose requests are read in the same turn of the loop."""
    lines = [served.line() for _ in requests]
    for line in lines:
        assert line.get("/brief")[0] == 200  # it is served by now
    first = served.line()
    first.send(ask("/brief/gate"))
    assert gate.held_up.wait(10)
    for line, request in zip(lines, requests, strict=True):
        line.send(request)
    gate.go.set()
    assert first.answer()[2] == b"gate"
    return lines


@pytest.fixture
def gate() -> Gate:
    return Gate()


def test_what_is_asked_at_once_is_answered_in_one_round(serve: Serve, gate: Gate) -> None:
    order: list[str] = []

    def noted(environ: WSGIEnvironment) -> str:
        order.append(environ["PATH_INFO"])
        return order[-1]

    note = tell(noted)
    served = serve({"/brief": say(""), "/brief/gate": gate, "/brief/a": note, "/brief/b": note})
    lines = at_once(served, gate, *map(ask, ("/brief/b", "/brief/a", "/brief/b", "/brief/a")))
    assert [line.answer()[2] for line in lines] == [b"/brief/b", b"/brief/a", b"/brief/b", b"/brief/a"]
    assert order == ["/brief/a"] * 2 + ["/brief/b"] * 2  # alike after alike
    assert len(served.application.rounds) == 1


def test_one_alone_is_no_round(serve: Serve) -> None:
    served = serve({"/brief": say("alone")})
    assert served.line().get("/brief")[2] == b"alone"
    assert not served.application.rounds


def test_what_is_answered_by_itself_needs_no_round(serve: Serve, gate: Gate, monkeypatch: pytest.MonkeyPatch) -> None:
    def full() -> None:
        raise Full

    served = serve({"/brief": say(""), "/brief/gate": gate, "/brief/itself": say("itself")})
    monkeypatch.setattr(served.application, "keep", full)
    mixed = ask("/brief/itself") + ask("/brief") + ask("/brief/itself")
    lines = at_once(served, gate, ask("/brief/itself"), mixed, ask("/brief"))
    assert [line.answer()[0] for line in lines] == [200, 200, 500]
    assert lines[1].answer()[0] == 500
    assert len(served.application.rounds) == 1


def test_what_could_not_be_kept_is_told_to_nobody(serve: Serve, gate: Gate, monkeypatch: pytest.MonkeyPatch) -> None:
    def full() -> None:
        raise Full

    go = threading.Event()
    served = serve({"/brief": say("kept"), "/brief/gate": gate, "/long": tell(lambda _: go.wait(10))})
    monkeypatch.setattr(served.application, "keep", full)
    *lines, waiting = at_once(served, gate, ask("/brief"), ask("/brief") * 2, ask("/long"))
    for line in lines:
        status, head, body = line.answer()
        assert (status, "Connection: close" in head) == (500, True)
        assert b"unforeseen" in body
        assert line.rest() == b""
    go.set()
    assert waiting.answer()[2] == b"True"  # which had nothing to do with it
    monkeypatch.undo()
    assert served.line().get("/brief")[2] == b"kept"


def test_an_answer_that_would_follow_one_that_failed_is_not_sent(
    serve: Serve, gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full() -> None:
        raise Full

    go = threading.Event()
    served = serve({"/brief": say("kept"), "/brief/gate": gate, "/long": tell(lambda _: go.wait(10))})
    monkeypatch.setattr(served.application, "keep", full)
    line, _ = at_once(served, gate, ask("/brief") + ask("/long"), ask("/brief"))
    go.set()
    assert b"True" not in line.rest()


@pytest.mark.parametrize("second", ["/long", "/brief/waits"])
def test_what_waits_begins_when_what_was_asked_before_it_is_kept(
    serve: Serve, gate: Gate, monkeypatch: pytest.MonkeyPatch, second: str
) -> None:
    """Requests on one connection are answered as if one came after the other (RFC 9112 §9.3.2)."""
    order: list[str] = []
    hand_over = Server.on_thread

    def noted(server: Server, connection: Connection, request: Request) -> bool:
        order.append("begun")
        return hand_over(server, connection, request)

    def waits(environ: WSGIEnvironment) -> str:
        may_wait()
        return "waited"

    views = {"/brief": say("first"), "/brief/gate": gate, "/long": say("waited"), "/brief/waits": tell(waits)}
    served = serve(views)
    monkeypatch.setattr(Server, "on_thread", noted)
    monkeypatch.setattr(served.application, "keep", lambda: order.append("kept"))
    lines = at_once(served, gate, ask("/brief") + ask(second) + ask("/brief"), ask("/brief"))
    assert [lines[0].answer()[2] for _ in range(3)] == [b"first", b"waited", b"first"]
    assert order == ["kept", "begun"]


def test_who_has_to_wait_leaves_the_round(serve: Serve, gate: Gate) -> None:
    def waits(environ: WSGIEnvironment) -> str:
        may_wait()
        return threading.current_thread().name

    served = serve({"/brief": say("at once"), "/brief/gate": gate, "/brief/waits": tell(waits)})
    lines = at_once(served, gate, ask("/brief/waits"), ask("/brief"))
    assert lines[0].answer()[2].startswith(b"waiting")
    assert lines[1].answer()[2] == b"at once"


def test_where_no_thread_can_be_begun_those_that_are_there_do_the_work(
    serve: Serve, gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where a container may have so many and no more."""

    def none_left(_: ThreadPoolExecutor) -> None:
        raise RuntimeError("can't start new thread")

    served = serve({"/brief": say("brief"), "/brief/gate": gate, "/long": say("long")})
    assert served.line().get("/long")[2] == b"long"  # one there is
    monkeypatch.setattr(ThreadPoolExecutor, "_adjust_thread_count", none_left)
    lines = at_once(served, gate, ask("/long"), ask("/brief"), ask("/long"))
    assert [line.answer()[2] for line in lines] == [b"long", b"brief", b"long"]


def test_more_than_a_round_takes_are_answered_in_the_next(
    serve: Serve, gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("deploy.serving.server.MOST_TOGETHER", 2)
    served = serve({"/brief": say("at once"), "/brief/gate": gate})
    lines = at_once(served, gate, *[ask("/brief") * 3] * 5)
    assert [line.answer()[2] for line in lines for _ in range(3)] == [b"at once"] * 15
    assert len(served.application.rounds) == 7  # and one alone


def test_a_round_takes_one_request_of_a_connection_however_many_it_sends(serve: Serve, gate: Gate) -> None:
    def round_of(_: WSGIEnvironment) -> int:
        return len(served.application.rounds)

    served = serve({"/brief": tell(round_of), "/brief/gate": gate})
    lines = at_once(served, gate, *[ask("/brief") * 3] * 2)
    assert [[line.answer()[2] for line in lines] for _ in range(3)] == [[b"1"] * 2, [b"2"] * 2, [b"3"] * 2]


def test_a_long_row_of_answers_is_sent_bit_by_bit(serve: Serve, gate: Gate) -> None:
    long = "x" * 200_000
    served = serve({"/brief": say("short"), "/brief/gate": gate, "/brief/long": say(long)})
    line, _ = at_once(served, gate, ask("/brief/long") * 6, ask("/brief"))
    assert [len(line.answer()[2]) for _ in range(6)] == [200_000] * 6
