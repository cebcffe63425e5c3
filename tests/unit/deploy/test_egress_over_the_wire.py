"""Egress to a server that is really there: connections are kept, and what a server may do to us is bounded."""

import threading
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from deploy.egress import Egress
from gateway.ports.egress import EgressFailed

LARGEST = 5_000
PATIENCE = timedelta(seconds=30)


class Outside(ThreadingHTTPServer):
    """A server, what it was asked, and over which connections."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answering)
        self.base = f"http://127.0.0.1:{self.server_address[1]}"
        self.connections: set[object] = set()
        self.requests: list[dict[str, str]] = []
        self.over = threading.Event()


class Answering(BaseHTTPRequestHandler):
    """Answers by the path."""

    protocol_version = "HTTP/1.1"
    server: Outside

    def do_GET(self) -> None:
        self._note()
        match self.path.partition("?")[0]:
            case "/away":
                self._send(302, b"", ("Location", "/elsewhere"))
            case "/big":
                self._send(200, b"x" * (LARGEST + 1))
            case "/packed":
                self._send(200, b"\x1f\x8b", ("Content-Encoding", "gzip"))
            case "/slow":
                self.server.over.wait()
            case "/half":
                self.send_response(200)
                self.send_header("Content-Length", "10")
                self.end_headers()
                self.wfile.write(b"half")
                self.close_connection = True
            case "/noise":
                self.wfile.write(b"this is no answer\r\n\r\n")
                self.close_connection = True
            case _:
                self._send(200, b"hello", ("Set-Cookie", "seen=yes"), ("Vary", "a"), ("Vary", "b"))

    def do_POST(self) -> None:
        self._note()
        self._send(200, self.rfile.read(int(self.headers["Content-Length"])))

    def log_request(self, *said: object) -> None:
        """Nothing is written."""

    def _note(self) -> None:
        self.server.connections.add(self.client_address)
        self.server.requests.append({name.lower(): value for name, value in self.headers.items()})

    def _send(self, status: int, body: bytes, *headers: tuple[str, str]) -> None:
        self.send_response(status)
        for name, value in (*headers, ("Content-Length", str(len(body)))):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


@pytest.fixture
def outside() -> Iterator[Outside]:
    server = Outside()
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield server
    server.over.set()
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def base(outside: Outside) -> str:
    return outside.base


@pytest.fixture
def egress(base: str) -> Iterator[Egress]:
    made = Egress(allowed=[base], timeout=PATIENCE, largest=LARGEST, connections=2)
    yield made
    made.close()


def test_one_connection_serves_many_calls(egress: Egress, base: str, outside: Outside) -> None:
    for _ in range(5):
        assert egress("GET", f"{base}/").body == b"hello"
        assert egress("POST", f"{base}/echo", body=b"said").body == b"said"
    assert len(outside.connections) == 1


def test_what_is_sent_is_what_was_given_and_no_more(egress: Egress, base: str, outside: Outside) -> None:
    egress("GET", f"{base}/", headers={"Authorization": "Bearer t"})
    egress("POST", f"{base}/echo")
    egress("GET", f"{base}/")
    asked, posted, again = outside.requests
    assert asked == {
        "host": base.removeprefix("http://"),
        "user-agent": "gba-gateway",
        "accept-encoding": "identity",
        "authorization": "Bearer t",
    }
    assert posted["content-length"] == "0"
    assert "cookie" not in again  # what a server sets is not kept


def test_headers_of_one_name_are_one_list(egress: Egress, base: str) -> None:
    assert egress("GET", f"{base}/").headers["vary"] == "a, b"


def test_a_redirect_is_an_answer(egress: Egress, base: str) -> None:
    assert egress("GET", f"{base}/away").status == 302


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("/big", "answer_too_large"),
        ("/packed", "no_answer"),
        ("/half", "no_answer"),
        ("/noise", "no_answer"),
        ("/with a blank", "no_answer"),
        ("/with-\u4e2d", "no_answer"),
    ],
)
def test_what_is_no_bounded_answer_fails_with_its_reason(egress: Egress, base: str, path: str, reason: str) -> None:
    with pytest.raises(EgressFailed) as failed:
        egress("GET", base + path)
    assert failed.value.reason == reason
    assert failed.value.__cause__ is None
    assert egress("GET", f"{base}/").body == b"hello"  # and who calls next is served


def test_who_does_not_answer_in_time_is_waited_for_no_longer(base: str) -> None:
    hasty = Egress(allowed=[base], timeout=timedelta(seconds=0.1), largest=LARGEST, connections=1)

    def served() -> bool:
        with suppress(EgressFailed):  # on a busy machine even this may take too long
            return hasty("GET", f"{base}/").body == b"hello"
        return False

    with pytest.raises(EgressFailed, match="timed_out") as failed:
        hasty("GET", f"{base}/slow")
    assert failed.value.__cause__ is None
    assert any(served() for _ in range(100))  # who calls next
    hasty.close()


def test_a_header_cannot_carry_another(egress: Egress, base: str, outside: Outside) -> None:
    with pytest.raises(EgressFailed, match="no_answer"):
        egress("GET", f"{base}/", headers={"Accept": "a\r\nAuthorization: stolen"})
    assert outside.requests == []


def test_an_origin_is_allowed_with_all_of_its_addresses(base: str) -> None:
    egress = Egress(allowed=[f"{base}/path"], timeout=PATIENCE, largest=LARGEST, connections=1)
    assert egress("POST", f"{base}/echo", body=b"hello").body == b"hello"
    egress.close()


def test_a_registered_address_may_be_reached_as_it_is_registered_and_no_other(base: str) -> None:
    registered: set[str] = set()
    egress = Egress(allowed=[], timeout=PATIENCE, largest=100, connections=2, registered=lambda: registered)
    with pytest.raises(EgressFailed, match="host_not_allowed"):
        egress("GET", f"{base}/echo")
    registered.add(f"{base}/echo")
    assert egress("GET", f"{base}/echo").status == 200
    with pytest.raises(EgressFailed, match="host_not_allowed"):
        egress("GET", f"{base}/other")
    egress.close()
