"""Over TLS egress speaks to whom a believed authority names as that host, and to nobody else."""

import ipaddress
import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from deploy.egress import Egress
from gateway.ports.egress import EgressFailed
from tests.fakes.pki import Holder, authority, certified

DAY = timedelta(days=1)
TODAY = datetime.now(UTC)  # TLS asks the machine's clock


class Answering(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        if self.path == "/more":  # another answer, unasked, in the same record of TLS: past what is read at a time
            whole = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n"
            self.wfile.write((whole + b"ok").ljust(8192) + whole + b"no")
            return
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def log_request(self, *said: object) -> None:
        """Nothing is written."""


class Quiet(HTTPServer):
    """Who will not be spoken to hangs up, which is no news."""

    def handle_error(self, *_: object) -> None:
        """Nothing is written."""


@pytest.fixture(scope="module")
def root() -> Holder:
    return authority("Root", begins=TODAY - DAY, ends=TODAY + DAY)


@pytest.fixture(scope="module")
def port(root: Holder, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """A server that is certified as 127.0.0.1, and not as localhost."""
    names = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    held = certified("server", root, [(names, False)], begins=TODAY - DAY, ends=TODAY + DAY)
    file = tmp_path_factory.mktemp("server") / "server.pem"
    key = held.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file.write_bytes(key + held.certificate.public_bytes(Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    server = Quiet(("127.0.0.1", 0), Answering)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()
    thread.join()


def ask(host: str, port: int, authorities: Path | None) -> bytes:
    url = f"https://{host}:{port}"
    egress = Egress(allowed=[url], timeout=timedelta(seconds=20), largest=100, connections=1, authorities=authorities)
    try:
        return b"".join(egress("GET", url).body for _ in range(2))
    finally:
        egress.close()  # the server speaks to one at a time


@pytest.fixture
def authorities(root: Holder, tmp_path: Path) -> Path:
    file = tmp_path / "authorities.pem"
    file.write_bytes(root.certificate.public_bytes(Encoding.PEM))
    return file


def test_whom_a_named_authority_certifies_is_believed(port: int, authorities: Path) -> None:
    assert ask("127.0.0.1", port, authorities) == b"okok"


def test_whom_nobody_certifies_is_not(port: int) -> None:
    with pytest.raises(EgressFailed, match="no_answer"):
        ask("127.0.0.1", port, None)


def test_who_is_certified_as_somebody_else_is_not(port: int, authorities: Path) -> None:
    with pytest.raises(EgressFailed, match="no_answer"):
        ask("localhost", port, authorities)


def test_an_answer_that_nobody_asked_for_is_not_taken_for_the_next(port: int, authorities: Path) -> None:
    url = f"https://127.0.0.1:{port}"
    egress = Egress(allowed=[url], timeout=timedelta(seconds=20), largest=100, connections=1, authorities=authorities)
    try:
        assert egress("GET", f"{url}/more").body == b"ok"
        assert egress("GET", url).body == b"ok"
    finally:
        egress.close()
