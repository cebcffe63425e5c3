"""What troubles a client, an application or a disk may make, and that none of it lasts or reaches another request."""

import asyncio
import threading
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from wsgiref.types import StartResponse, WSGIEnvironment

import pytest

from deploy.serving import reader
from deploy.serving.connection import Connection
from deploy.serving.server import Server
from tests.fixtures.serving import View, Views, say, tell
from tests.unit.deploy.serving.conftest import Serve
from tests.unit.deploy.serving.test_server import until

GET = "GET {} HTTP/1.1\r\nHost: here\r\n\r\n"


def last(_environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    start_response("400 Bad Request", [("Connection", "close"), ("Content-Length", "0")])
    return (b"",)


@pytest.mark.parametrize("path", ["/brief", "/long"])
def test_what_was_sent_behind_a_last_answer_is_not_begun(serve: Serve, path: str) -> None:
    begun: list[int] = []
    line = serve({path: last, "/brief/next": tell(lambda _: begun.append(1))}).line()
    line.send((GET.format(path) + GET.format("/brief/next")).encode())
    assert line.answer()[0] == 400
    assert line.rest() == b""
    assert begun == []


def test_a_part_of_a_request_behind_a_last_answer_keeps_no_connection(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("deploy.serving.connection.LINGER_SECONDS", 0.05)
    served = serve({"/brief": last})
    served.line().send((GET.format("/brief") + "GET /br").encode())
    until(lambda: served.server.connections)
    until(lambda: not served.server.connections, 5)


def test_a_part_of_a_request_behind_one_that_waits_has_its_own_time(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("deploy.serving.connection.HEAD_SECONDS", 0.05)
    go = threading.Event()
    line = serve({"/long": tell(lambda _: go.wait(10))}).line()
    line.send((GET.format("/long") + "GET /lo").encode())
    go.set()
    assert line.answer()[0] == 200
    assert line.answer()[0] == 408


def test_a_header_without_an_end_is_not_collected(serve: Serve) -> None:
    line = serve({"/brief": say("")}).line()
    line.send(b"GET /brief HTTP/1.1\r\nHost: here\r\nAccept: " + b"a" * 2_000_000)
    assert line.answer()[0] == 431


def test_space_around_a_value_is_none_of_it(serve: Serve) -> None:
    line = serve({"/brief": tell(lambda environ: [environ["HTTP_ACCEPT"], environ["CONTENT_LENGTH"]])}).line()
    assert line.get("/brief", "Accept: \ta/b \t\r\nContent-Length: 0 \r\n")[2] == b"['a/b', '0']"


def test_leave_to_send_a_body_is_given_after_the_answers_before_it(serve: Serve) -> None:
    line = serve({"/long": tell(lambda environ: environ["wsgi.input"].read())}).line()
    asked = "POST /long HTTP/1.1\r\nHost: here\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n"
    line.send((GET.format("/long") + asked).encode())
    assert line.answer()[2] == b"b''"
    assert line.answer()[0] == 100
    line.send(b"body")
    assert line.answer()[2] == b"b'body'"


class FailsAtItsEnd:
    def __init__(self, size: int) -> None:
        self.size = size

    def __iter__(self) -> Iterator[bytes]:
        yield b"x" * self.size
        yield b"y"

    def close(self) -> None:
        raise RuntimeError


@pytest.mark.parametrize(("path", "size"), [("/brief", 1), ("/long", 1), ("/long", 300_000)])
def test_an_application_that_fails_after_its_answer_has_answered(serve: Serve, path: str, size: int) -> None:
    def view(_environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        start_response("200 OK", [("Content-Length", str(size + 1))])
        return FailsAtItsEnd(size)

    served = serve({path: view}, threads=1)
    line = served.line()
    for _ in range(2):
        assert line.get(path)[2].endswith(b"xy")
    until(lambda: served.server._on_threads == 0)


class Closes(FailsAtItsEnd):
    closed = 0

    def __iter__(self) -> Iterator[bytes]:
        raise RuntimeError

    def close(self) -> None:
        self.closed += 1


def test_an_answer_that_fails_in_the_middle_is_closed_too(serve: Serve) -> None:
    answer = Closes(0)

    def view(_environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        start_response("200 OK", [])
        return answer

    assert serve({"/brief": view}).line().get("/brief")[0] == 500
    assert answer.closed == 1


def long_answer(length: str, size: int = 8_000_000) -> View:
    def view(_environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        start_response("200 OK", [(length, str(size))])
        return iter((b"x" * size,))

    return view


def test_a_length_is_a_length_in_small_letters_too(serve: Serve) -> None:
    assert serve({"/brief": long_answer("content-length", 3)}).line().get("/brief")[2] == b"xxx"


def test_a_long_answer_has_no_body_where_only_its_head_was_asked_for(serve: Serve) -> None:
    line = serve({"/long": long_answer("Content-Length"), "/brief": say("next")}).line()
    assert line.get("/long", method="HEAD")[0] == 200
    assert line.get("/brief")[2] == b"next"


def test_who_reads_a_last_answer_slowly_gets_all_of_it(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("deploy.serving.connection.LINGER_SECONDS", 0.05)
    line = serve({"/brief": long_answer("Content-Length")}).line()
    line.send(b"GET /brief HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n")
    time.sleep(0.15)  # longer than a client has that was answered, and still sends
    assert line.rest().count(b"x") == 8_000_000


def test_a_long_answer_in_one_piece_holds_no_thread_while_it_is_read(serve: Serve) -> None:
    served = serve({"/long": long_answer("Content-Length"), "/long/other": say("free")}, threads=1)
    served.line().send(GET.format("/long").encode())
    assert served.line().get("/long/other")[2] == b"free"
    until(lambda: served.server._on_threads == 0, 1)


class Pipe(asyncio.Transport):
    """A transport whose far side takes what the test says."""

    left, aborted = 0, False

    def get_extra_info(self, name: str, default: object = None) -> object:
        return default  # as of a client that is gone already

    def get_write_buffer_size(self) -> int:
        return self.left

    def is_closing(self) -> bool:
        return self.aborted

    def pause_reading(self) -> None: ...

    def abort(self) -> None:
        self.aborted = True


@pytest.mark.parametrize("full", [True, False])
def test_who_takes_something_of_an_answer_may_take_more(full: bool) -> None:
    server, pipe = Server(Views({}), threads=1), Pipe()
    server.loop = asyncio.new_event_loop()
    connection = Connection(server)
    connection.connection_made(pipe)
    pipe.left = 1000
    if full:
        connection.pause_writing()
    else:
        connection.expire()
    for left in (900, 100, 99):
        pipe.left = left
        connection.expire()
        assert server.loop.time() < connection.deadline < server.loop.time() + 31
        assert not pipe.aborted
    connection.expire()
    assert pipe.aborted
    server.loop.close()


def test_who_still_takes_an_answer_gives_up_no_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("deploy.serving.server.MOST_CONNECTIONS", 2)
    server, taking, idle = Server(Views({}), threads=1), Pipe(), Pipe()
    server.loop = asyncio.new_event_loop()
    for pipe in (taking, idle, Pipe()):
        taking.left = 1000  # less than a connection is called full for
        Connection(server).connection_made(pipe)
    assert (taking.aborted, idle.aborted) == (False, True)
    assert len(server.connections) == 2
    server.loop.close()


def test_a_full_disk_is_a_500_and_nothing_worse(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "IN_MEMORY", 10)
    monkeypatch.setattr("tempfile.TemporaryFile", lambda: Path("/dev/full").open("w+b"))  # noqa: SIM115 - the server closes it
    served = serve({"/long": say("")})
    line = served.line()
    line.send(b"POST /long HTTP/1.1\r\nHost: here\r\nContent-Length: 40\r\n\r\n" + b"a" * 8)
    time.sleep(0.02)
    line.send(b"a" * 16)
    time.sleep(0.02)
    line.send(b"a" * 16)
    assert line.answer()[0] == 500
    assert line.rest() == b""


def test_trouble_with_ending_one_connection_keeps_no_other_from_its_end(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    served, expire, failed = serve({"/brief": say("")}), Connection.expire, list[Connection]()

    def fail_once(connection: Connection) -> None:
        if not failed:
            failed.append(connection)
            raise RuntimeError("unforeseen")
        expire(connection)

    monkeypatch.setattr(Connection, "expire", fail_once)
    monkeypatch.setattr("deploy.serving.connection.HEAD_SECONDS", 0.05)
    for line in (served.line(), served.line()):
        line.send(b"GET /brief HTTP/1.1\r\nHost:")
    until(lambda: failed and not served.server.connections, 5)
