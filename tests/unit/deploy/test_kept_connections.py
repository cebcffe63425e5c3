"""Connections outside: kept for the next call while they are good, so many at once, and never read without end."""

import select
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from urllib.parse import urlsplit

import pytest

from deploy import kept_connections
from deploy.egress import Egress
from deploy.kept_connections import KeptConnections
from gateway.ports.egress import EgressFailed

LARGEST = 5_000
WHOLE = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


class Scripted:
    """A server that answers each request, whatever it is, with the next of its answers; the last comes again."""

    def __init__(self, *answers: bytes, hangs_up: bool = False, drips: float = 0) -> None:
        self.answers = list(answers)
        self.hangs_up = hangs_up
        self.drips = drips  # seconds after each byte
        self.lines: list[socket.socket] = []
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.at = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        with suppress(OSError):
            while True:
                line, _ = self._listening.accept()
                self.lines.append(line)
                threading.Thread(target=self._serve, args=(line,), daemon=True).start()

    def _serve(self, line: socket.socket) -> None:
        with suppress(OSError):
            while line.recv(65_536):
                answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
                for at in range(len(answer) if self.drips else 0):
                    line.sendall(answer[at : at + 1])
                    time.sleep(self.drips)
                line.sendall(b"" if self.drips else answer)
                while answer.endswith(b"again\r\n\r\n"):
                    line.sendall(answer)
                if self.hangs_up:
                    line.close()
                    return

    def close(self) -> None:
        self._listening.close()
        for line in self.lines:
            line.close()


@pytest.fixture
def started() -> Iterator[list[Scripted]]:
    servers: list[Scripted] = []
    yield servers
    for server in servers:
        server.close()


def egress(server: Scripted) -> Egress:
    return Egress(allowed=[server.at], timeout=timedelta(seconds=20), largest=LARGEST, connections=2)


def connections(most: int = 2, seconds: float = 20) -> KeptConnections:
    return KeptConnections(most=most, seconds=seconds, largest=LARGEST, tls=ssl.create_default_context())


def ask(kept: KeptConnections, server: Scripted) -> socket.socket:
    with kept.one(urlsplit(server.at)) as connection:
        connection.request("GET", "/")
        assert connection.getresponse().read() == b"ok"
        found: socket.socket = connection.sock
    return found


def test_an_answer_that_comes_byte_by_byte_is_not_waited_for(started: list[Scripted]) -> None:
    started.append(server := Scripted(WHOLE, drips=0.02))
    with pytest.raises(TimeoutError):
        ask(connections(seconds=0.15), server)


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\no\r\n1;x=y\r\nk\r\n0\r\nTrailer: t\r\n\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\n" + WHOLE,
    ],
)
def test_an_answer_is_read_in_whichever_form_it_comes(started: list[Scripted], answer: bytes) -> None:
    started.append(server := Scripted(answer))
    send = egress(server)
    assert [send("GET", server.at).body for _ in range(3)] == [b"ok"] * 3
    assert len(server.lines) == 1
    send.close()


def test_an_answer_may_end_with_its_connection(started: list[Scripted]) -> None:
    started.append(server := Scripted(b"HTTP/1.0 200 OK\r\n\r\nok", hangs_up=True))
    send = egress(server)
    assert [send("GET", server.at).body for _ in range(2)] == [b"ok"] * 2
    assert len(server.lines) == 2


def test_a_folded_header_is_one_line(started: list[Scripted]) -> None:
    started.append(server := Scripted(WHOLE.replace(b"\r\n\r\n", b"\r\nX-Told: a\r\n  b\r\n\r\n")))
    assert egress(server)("GET", server.at).headers["x-told"] == "a b"


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel", "no_answer"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "no_answer"),
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2000\r\n" + b"x" * 0x2000 + b"\r\n",
            "answer_too_large",
        ),
        (b"HTTP/1.0 200 OK\r\n\r\n" + b"x" * (LARGEST + 1), "answer_too_large"),
        (b"HTTP/1.1 200 OK\r\n" + b"X-More: y\r\n" * 200 + b"\r\n", "no_answer"),
        (b"HTTP/1.1 200 OK\r\nX-Long: " + b"y" * 70_000 + b"\r\n\r\n", "no_answer"),
    ],
)
def test_what_is_cut_off_or_too_much_is_no_answer(started: list[Scripted], answer: bytes, reason: str) -> None:
    started.append(server := Scripted(answer, hangs_up=True))
    with pytest.raises(EgressFailed, match=reason):
        egress(server)("GET", server.at)


@pytest.mark.parametrize(
    "answers",
    [
        (b"HTTP/1.1 100 Continue\r\nX-Say: again\r\n\r\n",),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n" + b"X-Say: it\r\n" * 30_000,),
    ],
)
def test_an_answer_without_end_has_one(started: list[Scripted], answers: tuple[bytes, ...]) -> None:
    started.append(server := Scripted(*answers))
    with pytest.raises(EgressFailed, match="answer_too_large"):
        egress(server)("GET", server.at)


def test_a_connection_that_the_server_has_closed_is_not_used_again(started: list[Scripted]) -> None:
    started.append(server := Scripted(WHOLE, hangs_up=True))
    kept = connections()
    first = ask(kept, server)
    assert select.select([first], [], [], 20)[0]  # it has heard so by now
    assert ask(kept, server) is not first
    assert len(server.lines) == 2
    kept.close()


def test_what_a_server_says_unasked_is_nobodys_answer(started: list[Scripted]) -> None:
    started.append(server := Scripted(WHOLE))
    kept = connections()
    first = ask(kept, server)
    server.lines[0].sendall(WHOLE.replace(b"ok", b"no"))
    assert select.select([first], [], [], 20)[0]
    assert ask(kept, server) is not first
    assert first.fileno() == -1
    kept.close()


def test_a_connection_waits_only_for_a_while(started: list[Scripted], monkeypatch: pytest.MonkeyPatch) -> None:
    started.append(server := Scripted(WHOLE))
    kept = connections()
    first = ask(kept, server)
    assert ask(kept, server) is first
    monkeypatch.setattr(kept_connections, "KEPT_SECONDS", 0.0)
    assert ask(kept, server) is not first
    assert first.fileno() == -1
    kept.close()


def test_no_more_wait_than_may_be_used_at_once_and_the_last_used_stays(started: list[Scripted]) -> None:
    started.extend([Scripted(WHOLE), Scripted(WHOLE)])
    kept = connections(most=1)
    first, second = (ask(kept, server) for server in started)
    assert (first.fileno(), second.fileno() > 0) == (-1, True)
    kept.close()
    assert second.fileno() == -1


def test_who_finds_no_place_in_time_goes_without(started: list[Scripted]) -> None:
    started.append(server := Scripted(WHOLE))
    kept = connections(most=1, seconds=0.01)
    with kept.one(urlsplit(server.at)), pytest.raises(TimeoutError), kept.one(urlsplit(server.at)):
        pass
    with kept.one(urlsplit(server.at)):  # and whoever comes later has it
        pass


@pytest.mark.parametrize("url", ["ftp://127.0.0.1/", "http:///x", "//127.0.0.1/"])
def test_only_servers_of_the_web_are_spoken_to(url: str) -> None:
    with pytest.raises(ValueError, match="address_of_no_server"), connections().one(urlsplit(url)):
        pass
