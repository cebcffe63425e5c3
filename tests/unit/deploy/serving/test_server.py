"""The server as a whole: bounds on time and number, long answers, and its end."""

import os
import resource
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Iterator
from wsgiref.types import StartResponse, WSGIEnvironment

import pytest

from deploy.journey.stack import free_port
from deploy.listening import is_open
from deploy.serving.server import OTHER_FILES, room
from tests.fixtures.serving import LIMIT, Line, say, tell
from tests.unit.deploy.serving.conftest import Serve

PART = b"x" * 65_536


def in_parts(parts: int, made: list[int], headers: list[tuple[str, str]]):  # type: ignore[no-untyped-def]
    """A view whose answer is made while it is sent; how many parts were is noted."""

    def view(_environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        def make() -> Iterator[bytes]:
            for number in range(parts):
                made.append(number)
                yield PART

        start_response("200 OK", headers)
        return make()

    return view


def until(true: object, seconds: float = 10) -> None:
    end = time.monotonic() + seconds
    while not true():  # type: ignore[operator]
        assert time.monotonic() < end
        time.sleep(0.01)


def test_a_long_answer_comes_in_chunks_where_its_length_is_not_known(serve: Serve) -> None:
    line = serve({"/long": in_parts(40, [], [])}).line()
    line.send(b"GET /long HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n")
    head, _, body = line.rest().partition(b"\r\n\r\n")
    assert b"Transfer-Encoding: chunked" in head
    assert body.endswith(b"\r\n0\r\n\r\n")
    assert body.count(b"x") == 40 * len(PART)


def test_a_long_answer_to_http_1_0_ends_with_its_connection(serve: Serve) -> None:
    line = serve({"/long": in_parts(40, [], [])}).line()
    line.send(b"GET /long HTTP/1.0\r\n\r\n")
    head, _, body = line.rest().partition(b"\r\n\r\n")
    assert b"chunked" not in head
    assert len(body) == 40 * len(PART)


def test_a_long_answer_of_known_length_leaves_the_connection_open(serve: Serve) -> None:
    line = serve({"/long": in_parts(40, [], [("Content-Length", str(40 * len(PART)))]), "/brief": say("next")}).line()
    assert len(line.get("/long")[2]) == 40 * len(PART)
    assert line.get("/brief")[2] == b"next"


def test_a_long_answer_is_made_no_faster_than_it_is_read(serve: Serve) -> None:
    made: list[int] = []
    line = serve({"/long": in_parts(300, made, [])}).line()
    line.send(b"GET /long HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n")
    until(lambda: len(made) > 4)
    time.sleep(0.1)
    assert len(made) < 250  # what fits between here and there
    assert line.rest().count(b"x") == 300 * len(PART)


@pytest.mark.parametrize("headers", [[], [("Content-Length", str(50 * len(PART)))]])
def test_a_long_answer_that_breaks_off_does_not_look_whole(serve: Serve, headers: list[tuple[str, str]]) -> None:
    line = serve({"/long": in_parts(40, [], headers)}).line()

    def broken(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        yield from in_parts(40, [], headers)(environ, start_response)
        raise OSError

    line = serve({"/long": broken}).line()
    line.send(b"GET /long HTTP/1.1\r\nHost: here\r\n\r\n")
    got = line.rest()
    assert not got.endswith(b"0\r\n\r\n")
    assert got.count(b"x") < 50 * len(PART)


def test_who_reads_nothing_is_let_go_and_its_thread_too(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("deploy.serving.connection.PAUSE_SECONDS", 0.1)
    served = serve({"/long": in_parts(100_000, [], []), "/other": say("free")}, threads=1)
    served.line().send(b"GET /long HTTP/1.1\r\nHost: here\r\n\r\n")
    assert served.line().get("/other")[2] == b"free"
    until(lambda: served.server._on_threads == 0)


def test_who_leaves_in_the_middle_leaves_nothing_behind(serve: Serve) -> None:
    go = threading.Event()
    served = serve({"/long": tell(lambda _: go.wait(10)), "/brief": say("there")})
    for sent in (
        b"GET /long HTTP/1.1\r\nHost: here\r\n\r\n",
        b"GET /lo",
        b"POST /long HTTP/1.1\r\nHost: here\r\nContent-Le",
    ):
        line = served.line()
        line.send(sent)
        line.socket.close()
    go.set()
    until(lambda: served.server._on_threads == 0 and not served.server.connections)
    assert served.line().get("/brief")[2] == b"there"


@pytest.mark.parametrize(
    ("bound", "sent"),
    [
        ("HEAD_SECONDS", b"GET /brief HTTP/1.1\r\nHo"),
        ("PAUSE_SECONDS", b"POST /brief HTTP/1.1\r\nHost: here\r\nContent-Length: 9\r\n\r\nabc"),
        ("BODY_SECONDS", b"POST /brief HTTP/1.1\r\nHost: here\r\nContent-Length: 9\r\n\r\nabc"),
    ],
)
def test_who_is_too_slow_is_told_so(serve: Serve, monkeypatch: pytest.MonkeyPatch, bound: str, sent: bytes) -> None:
    monkeypatch.setattr(f"deploy.serving.connection.{bound}", 0.05)
    line = serve({"/brief": say("")}).line()
    line.send(sent)
    assert line.answer()[0] == 408
    assert line.rest() == b""


def test_one_byte_now_and_then_is_too_slow_for_a_head(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("deploy.serving.connection.HEAD_SECONDS", 0.05)
    line = serve({"/brief": say("")}).line()
    for byte in b"GET /brief HTTP/1.1\r\n" + b"A: b\r\n" * 90:
        line.send(bytes([byte]))
        if select.select([line.socket], [], [], 0.005)[0]:
            break
    assert line.answer()[0] == 408


@pytest.mark.parametrize("bound", ["HEAD_SECONDS", "IDLE_SECONDS"])
def test_who_says_nothing_is_let_go(serve: Serve, monkeypatch: pytest.MonkeyPatch, bound: str) -> None:
    monkeypatch.setattr(f"deploy.serving.connection.{bound}", 0.05)
    line = serve({"/brief": say("a")}).line()
    if bound == "IDLE_SECONDS":
        line.get("/brief")
    assert line.rest() == b""


def test_who_waits_for_a_long_answer_is_not_taken_for_idle(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    for bound in ("HEAD_SECONDS", "IDLE_SECONDS", "PAUSE_SECONDS", "BODY_SECONDS", "LINGER_SECONDS"):
        monkeypatch.setattr(f"deploy.serving.connection.{bound}", 0.05)
    line = serve({"/long": tell(lambda _: time.sleep(0.3))}).line()
    assert line.get("/long", method="POST", body=b"a")[2] == b"None"


def test_more_than_wait_already_are_asked_to_come_back(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("deploy.serving.server.MOST_WAITING", 1)
    go = threading.Event()
    served = serve({"/long": tell(lambda _: go.wait(10))}, threads=1)
    waiting = [served.line() for _ in range(2)]
    for line in waiting:
        line.send(b"GET /long HTTP/1.1\r\nHost: here\r\n\r\n")
    until(lambda: served.server._on_threads == 2)
    late = served.line()
    status, headers, body = late.get("/long")
    assert status == 503
    assert "Retry-After: 1" in headers
    assert b"temporarily_unavailable" in body
    go.set()
    assert [line.answer()[0] for line in waiting] == [200, 200]
    assert late.get("/long")[0] == 200


def test_more_connections_than_there_is_room_for_are_not_made(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("deploy.serving.server.MOST_CONNECTIONS", 2)
    go = threading.Event()
    served = serve({"/long": tell(lambda _: go.wait(10)), "/brief": say("a")})
    lines = [served.line() for _ in range(2)]
    for line in lines:
        line.send(b"GET /long HTTP/1.1\r\nHost: here\r\n\r\n")
    until(lambda: served.server._on_threads == 2)
    third = served.line()
    assert third.rest() == b""
    go.set()
    assert [line.answer()[2] for line in lines] == [b"True"] * 2
    lines[0].socket.close()
    until(lambda: len(served.server.connections) == 1)
    assert served.line().get("/brief")[0] == 200


def test_one_client_with_all_the_places_keeps_nobody_out(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who owes a request gives way to who comes, the first whose time would be over first."""
    monkeypatch.setattr("deploy.serving.server.MOST_CONNECTIONS", 2)
    monkeypatch.setattr("deploy.serving.server.MOST_LET_GO", 1)
    served = serve({"/brief": say("a")})
    idle, slow = served.line(), served.line()
    assert idle.get("/brief")[0] == 200
    slow.send(b"GET /brief HTTP/1.1\r\nHost:")
    until(lambda: any(connection._reader.request for connection in served.server.connections))
    assert served.line().get("/brief")[0] == 200
    assert slow.rest() == b""
    assert idle.get("/brief")[0] == 200
    assert len(served.server.connections) == 2


def test_at_its_end_what_is_asked_is_answered_and_nothing_else_is_heard(serve: Serve) -> None:
    go = threading.Event()
    served = serve({"/long": tell(lambda _: go.wait(10)), "/brief": say("a")})
    idle, busy = served.line(), served.line()
    idle.get("/brief")
    busy.send(b"GET /long HTTP/1.1\r\nHost: here\r\n\r\n")
    until(lambda: served.server._on_threads == 1)
    served.end()
    assert idle.rest() == b""
    go.set()
    status, headers, _ = busy.answer()
    assert status == 200
    assert "Connection: close" in headers
    assert served.ended()


def test_a_body_that_is_longer_than_allowed_still_gets_to_read_why(serve: Serve) -> None:
    line = serve({"/long": tell(lambda environ: environ["CONTENT_LENGTH"])}).line()
    status, _, body = line.get("/long", method="POST", body=b"a" * 3_000_000)
    assert (status, body) == (200, b"3000000")
    assert LIMIT < 3_000_000


STUCK = """
import sys, time
from deploy.serving import server
from tests.fixtures.serving import Views, tell
server.GRACE_SECONDS = 0.1
server.run(Views({"/long": tell(lambda _: time.sleep(60))}), host="127.0.0.1", port=int(sys.argv[1]), threads=1)
"""


def test_at_its_end_a_thread_that_still_waits_holds_no_process() -> None:
    """As it is started: half a second, most of it Python's."""
    port = free_port()
    process = subprocess.Popen([sys.executable, "-c", STUCK, str(port)])
    try:
        until(lambda: is_open("127.0.0.1", port))
        if hasattr(os, "SCHED_BATCH"):
            assert os.sched_getscheduler(process.pid) == os.SCHED_BATCH, "it does not push in before a database at work"
        line = Line(port)
        line.send(b"GET /long HTTP/1.1\r\nHost: here\r\n\r\n")
        time.sleep(0.1)
        process.send_signal(signal.SIGTERM)
        assert line.rest() == b""
        assert process.wait(10) == 0
    finally:
        process.kill()
        process.wait()


@pytest.mark.parametrize(
    ("limits", "asked", "left"),
    [
        ((1024, 524_288), 4096 + OTHER_FILES, 4096),
        ((1024, 4000), 4000, 4000 - OTHER_FILES),
        ((256, 256), 256, 128),
        ((1024, resource.RLIM_INFINITY), 4096 + OTHER_FILES, 4096),
        ((9999, 9999), 9999, 9999 - OTHER_FILES),
    ],
)
def test_connections_leave_room_for_the_files_that_answers_need(
    monkeypatch: pytest.MonkeyPatch, limits: tuple[int, int], asked: int, left: int
) -> None:
    now = [limits]
    monkeypatch.setattr("resource.getrlimit", lambda _: now[-1])
    monkeypatch.setattr("resource.setrlimit", lambda _, wanted: now.append(wanted))
    assert room() == left
    assert now[-1] == (asked, limits[1])
