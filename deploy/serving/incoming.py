"""One request as it comes in: what its head says, as WSGI wants it (PEP 3333), and its body, bounded.

llhttp reads the bytes (RFC 9112); the refusals here are what it leaves to a server.
"""

import io
import sys
import tempfile
from typing import IO
from urllib.parse import unquote_to_bytes
from wsgiref.types import WSGIEnvironment

LONGEST_HEAD = 65_536  # bytes of an address and its headers
MOST_HEADERS = 100
IN_MEMORY = 1_048_576  # bytes of a body; more goes to a file without a name
KEPT_NAMES = 512  # header names of which the WSGI name is remembered
# a second one is never a list: it is a mistake, or a trick on whoever reads the other one (RFC 9110 §5.3)
ALONE = frozenset({"HTTP_HOST", "CONTENT_TYPE", "CONTENT_LENGTH", "HTTP_TRANSFER_ENCODING"})
UNPREFIXED = frozenset({"CONTENT_TYPE", "CONTENT_LENGTH"})

Refusal = tuple[int, str]  # the status, and a slug

_names: dict[bytes, str | None] = {}


class Incoming:
    """Filled by the parser's callbacks. `refusal` is set as soon as it cannot be answered as asked."""

    __slots__ = ("_body", "_head", "_received", "_target", "environ", "headers", "limit", "refusal")

    def __init__(self, base: WSGIEnvironment) -> None:
        self.environ: WSGIEnvironment = base.copy()
        self.headers = 0
        self.refusal: Refusal | None = None
        self.limit = 0
        self._target = b""
        self._head = 0
        self._body: IO[bytes] | None = None
        self._received = 0

    def target(self, part: bytes) -> None:
        """A part of the request's target."""
        self._count(len(part))
        if self.refusal is None:
            self._target += part

    def header(self, name: bytes, value: bytes) -> None:
        """One header line. Names with an underscore are dropped: a proxy may take them for others."""
        self.headers += 1
        self._count(len(name) + len(value))
        key = _names[name] if name in _names else _wsgi_name(name)
        if key is None or self.refusal is not None:
            return
        text = value.decode("latin-1")
        environ = self.environ
        if key not in environ:
            environ[key] = text
        elif key in ALONE:
            self.refusal = (400, "header_repeated")
        else:
            environ[key] += ("; " if key == "HTTP_COOKIE" else ",") + text

    def head_ends(self, method: bytes, version: str) -> None:
        """All headers are there: what they say together."""
        environ = self.environ
        environ["REQUEST_METHOD"] = method.decode("ascii")
        environ["SERVER_PROTOCOL"] = "HTTP/" + version
        if version == "1.1" and "HTTP_HOST" not in environ:  # RFC 9112 §3.2
            self.refusal = self.refusal or (400, "host_missing")
        coding = environ.pop("HTTP_TRANSFER_ENCODING", None)
        if coding is not None and (coding.strip().lower() != "chunked" or version != "1.1"):
            self.refusal = self.refusal or (501, "transfer_coding_unknown")
        if self.refusal is None:
            self._take_target(self._target)

    def _take_target(self, target: bytes) -> None:
        if not target.startswith(b"/"):
            self._take_other_form(target)
            return
        path, _, query = target.partition(b"?")
        self.environ["PATH_INFO"] = (unquote_to_bytes(path) if b"%" in path else path).decode("latin-1")
        self.environ["QUERY_STRING"] = query.decode("latin-1")

    def _take_other_form(self, target: bytes) -> None:
        """An absolute address is taken, and its host counts (RFC 9112 §3.2.2); `*` asks of nothing that we have."""
        scheme, _, rest = target.partition(b"://")
        host, _, path = rest.partition(b"/")
        if scheme.lower() not in (b"http", b"https") or not host or b"?" in host or b"@" in host:
            self.refusal = (400, "target_malformed")
            return
        self.environ["HTTP_HOST"] = host.decode("latin-1")
        self._take_target(b"/" + path)

    def told_length(self) -> int | None:
        """What Content-Length says; None without one. llhttp let no other than digits pass."""
        told: str | None = self.environ.get("CONTENT_LENGTH")
        return None if told is None else int(told)

    def body(self, part: bytes) -> bool:
        """Keep a part of the body; False once there is more than the limit of it, and one byte more is kept."""
        room = self.limit + 1 - self._received
        if room <= 0:
            return False
        if self._body is None:
            self._body = io.BytesIO()
        elif self._received <= IN_MEMORY < self._received + len(part):
            self._body = _on_disk(self._body)
        self._body.write(part[:room])
        self._received += min(len(part), room)
        return self._received <= self.limit

    def complete(self) -> None:
        """The body is there, or as much of it as is taken: hand it over."""
        environ, body = self.environ, self._body
        if body is None:
            body = io.BytesIO()
        else:
            body.seek(0)
            environ.setdefault("CONTENT_LENGTH", str(self._received))  # it came in chunks
        environ["wsgi.input"] = body

    def close(self) -> None:
        """Let go of what the body took."""
        if self._body is not None:
            self._body.close()

    def _count(self, more: int) -> None:
        self._head += more
        if (self._head > LONGEST_HEAD or self.headers > MOST_HEADERS) and self.refusal is None:
            self.refusal = (431, "head_too_large")


def base(*, server: tuple[str, int], peer: str, multiprocess: bool) -> WSGIEnvironment:
    """What all requests of a connection have in common."""
    return {
        "SCRIPT_NAME": "",
        "SERVER_NAME": server[0],
        "SERVER_PORT": str(server[1]),
        "REMOTE_ADDR": peer,
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": multiprocess,
        "wsgi.run_once": False,
        "wsgi.input_terminated": True,
    }


def _wsgi_name(name: bytes) -> str | None:
    key = None
    if b"_" not in name:
        key = name.decode("latin-1").upper().replace("-", "_")
        key = key if key in UNPREFIXED else "HTTP_" + key
    if len(_names) < KEPT_NAMES and len(name) < 64:
        _names[name] = key
    return key


def _on_disk(body: IO[bytes]) -> IO[bytes]:
    file = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the request
    body.seek(0)
    file.write(body.read())
    body.close()
    return file
