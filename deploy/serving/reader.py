"""Requests as they come in: what a head says, as WSGI wants it (PEP 3333), and a body, bounded.

llhttp reads the bytes (RFC 9112); the refusals here are what it leaves to a server.
"""

import contextlib
import io
import logging
import math
import sys
import tempfile
import threading
from collections import deque
from collections.abc import Callable
from typing import IO
from urllib.parse import unquote_to_bytes
from wsgiref.types import WSGIEnvironment

import httptools

from deploy.serving.terms import Terms

LONGEST_HEAD = 65_536  # bytes of an address and its headers
MOST_HEADERS = 100
MOST_PIPELINED = 16  # requests that nobody has waited for an answer to
IN_MEMORY = 1_048_576  # bytes of a body; more goes to a file without a name. Behind bodies of so many none is kept
SHORT = 65_536  # bytes of a body; of longer ones, which may be files, so many are kept at a time
MOST_LONG = 256
RAW = 2  # bytes of a body as it travels for each that is taken, and a little: chunks have heads
KEPT_NAMES = 512  # header names of which the WSGI name is remembered
# a second one is never a list: it is a mistake, or a trick on whoever reads the other one (RFC 9110 §5.3)
ALONE = frozenset({"HTTP_HOST", "CONTENT_TYPE", "CONTENT_LENGTH", "HTTP_TRANSFER_ENCODING"})
UNPREFIXED = frozenset({"CONTENT_TYPE", "CONTENT_LENGTH"})

Refusal = tuple[int, str]  # the status, and a slug

log = logging.getLogger("deploy.serving")
_names: dict[bytes, str | None] = {}
long_bodies = threading.BoundedSemaphore(MOST_LONG)


class Request:
    """`terms` are known once the head is read; `last`: no other is read after it on this connection.

    `received` are bytes of its body, `begun` is when its first byte was seen, where not all of it came at once.
    """

    __slots__ = ("_body", "_is_long", "begun", "environ", "last", "received", "refusal", "terms")

    def __init__(self, environ: WSGIEnvironment) -> None:
        self.environ = environ
        self.terms: Terms | None = None
        self.refusal: Refusal | None = None
        self.last = False
        self.begun = math.inf
        self._body: IO[bytes] | None = None
        self._is_long = False
        self.received = 0

    @property
    def takes_chunks(self) -> bool:
        """Whether an answer may come in them."""
        return bool(self.environ["SERVER_PROTOCOL"] == "HTTP/1.1")

    def has_place(self, part: bytes) -> bool:
        """Whether there is a place for its body, should this part make it a long one."""
        if not self._is_long and self.received + len(part) > SHORT:
            self._is_long = long_bodies.acquire(blocking=False)
            return self._is_long
        return True

    def keep(self, part: bytes, limit: int) -> bool:
        """Keep a part of the body; False once there is more than the limit of it, and one byte more is kept."""
        if self._body is None:
            self._body = io.BytesIO()
        elif self.received <= IN_MEMORY < self.received + len(part):
            self._body = _on_disk(self._body)
        part = part[: limit + 1 - self.received]
        self._body.write(part)
        self.received += len(part)
        return self.received <= limit

    def complete(self) -> None:
        """The body is there, or as much of it as is taken: hand it over, from its beginning."""
        body = self._body
        if body is None:
            body = io.BytesIO()
        else:
            body.seek(0)
            self.environ.setdefault("CONTENT_LENGTH", str(self.received))  # it came in chunks
        self.environ["wsgi.input"] = body

    def close(self) -> None:
        """Let go of what the body took."""
        if self._body is not None:
            with contextlib.suppress(OSError):  # a full disk tells it once more
                self._body.close()
        if self._is_long:
            self._is_long = False
            long_bodies.release()


class Reader:
    """`ready` are requests to be answered in their order, `request` is one that is not all there.

    `deaf`: what comes is not read any more, because the last request is there or nothing can be understood.
    """

    def __init__(self, base: WSGIEnvironment, terms: Callable[[str, str], Terms]) -> None:
        self.ready: deque[Request] = deque()
        self.request: Request | None = None
        self.deaf = False
        self._base = base
        self._terms = terms
        self._parser = httptools.HttpRequestParser(self)
        self._target = b""
        self._chunked = False
        self._size = self._headers = self._raw = 0

    def feed(self, data: bytes) -> None:
        """Read on. Whatever comes, this raises nothing: what cannot be read is a request with a refusal."""
        before = self.request
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade as asked:
            if self.request is not None:
                self._read_body_alone(self.request)
                self.feed(data[asked.args[0] :])
        except httptools.HttpParserCallbackError:
            log.exception("unforeseen", extra={"status": 500})
            self.refuse(500, "unforeseen")
        except httptools.HttpParserInvalidMethodError:
            self.refuse(501, "method_unknown")  # RFC 9110 §9.1
        except httptools.HttpParserError:
            self.refuse(400, "request_malformed")
        request = self.request
        if request is not None and request is before:  # all of the data was of this one
            self._raw += len(data)
            if request.terms is None:
                if self._raw > LONGEST_HEAD:  # the parser keeps a header, however long, until its end is there
                    self.refuse(431, "head_too_large")
            elif self._raw > RAW * (request.terms.body_limit + LONGEST_HEAD):
                self.refuse(413, "body_too_large")

    def refuse(self, status: int, reason: str) -> None:
        """Have this said in its turn, and read nothing more; unless the last request is there already."""
        if self.deaf:
            return
        request = self.request or Request(self._base.copy())
        request.refusal = (status, reason)
        self._enqueue(request, last=True)

    def end(self) -> None:
        """Nothing is answered any more, whatever is there already."""
        self.deaf = True
        for request in (*self.ready, self.request):
            if request is not None:
                request.close()
        self.ready.clear()
        self.request = None

    def close(self) -> None:
        """Nobody is there any more."""
        self.end()
        del self._parser  # it holds this reader, as this holds it

    # what the parser tells, while it is fed

    def on_message_begin(self) -> None:
        if not self.deaf:
            self.request = Request(self._base.copy())
            self._target = b""
            self._chunked = False
            self._size = self._headers = self._raw = 0

    def on_url(self, part: bytes) -> None:
        self._size += len(part)
        if self._size <= LONGEST_HEAD:
            self._target += part

    def on_header(self, name: bytes, value: bytes) -> None:
        request = self.request
        if request is None or request.terms is not None:
            return  # what follows a body in chunks looks the same and is no header (RFC 9110 §6.5)
        self._headers += 1
        self._size += len(name) + len(value)
        if self._size > LONGEST_HEAD or self._headers > MOST_HEADERS:
            return
        key = _names[name] if name in _names else _wsgi_name(name)
        if key is None:
            return  # a name with an underscore: a proxy in front may have taken it for another
        environ = request.environ
        value = value.rstrip(b" \t")  # llhttp leaves it; it is none of the value (RFC 9110 §5.5)
        if key not in environ:
            environ[key] = value.decode("latin-1")
        elif key in ALONE:
            request.refusal = (400, "header_repeated")
        else:
            environ[key] += ("; " if key == "HTTP_COOKIE" else ",") + value.decode("latin-1")

    def on_headers_complete(self) -> None:
        request = self.request
        if request is None:
            return
        environ = request.environ
        environ["REQUEST_METHOD"] = method = self._parser.get_method().decode("ascii")
        version, refusal = self._parser.get_http_version(), request.refusal
        if version != "1.1":
            environ["SERVER_PROTOCOL"] = "HTTP/" + version
            if version != "1.0":
                refusal = (505, "version_unknown")  # RFC 9110 §15.6.6
        if (
            self._size > LONGEST_HEAD
            or self._headers > MOST_HEADERS
            or "HTTP_HOST" not in environ
            or "HTTP_TRANSFER_ENCODING" in environ
        ):
            refusal = refusal or self._objection(environ)
        if refusal is None and not _take_target(environ, self._target):
            refusal = (400, "target_malformed")
        if refusal is not None:
            request.refusal = refusal
            self._enqueue(request, last=True)
            return
        request.terms = terms = self._terms(method, environ["PATH_INFO"])
        if "CONTENT_LENGTH" in environ and int(environ["CONTENT_LENGTH"]) > terms.body_limit:
            self._enqueue(request, last=True)  # the application says so, without a byte of it

    def on_body(self, part: bytes) -> None:
        request = self.request
        if request is None or request.terms is None:
            return
        if self.ready and sum([waiting.received for waiting in self.ready]) > IN_MEMORY:
            self.refuse(429, "too_many_at_once")
        elif not request.has_place(part):
            self.refuse(503, "too_busy")
        elif not request.keep(part, request.terms.body_limit):
            self._enqueue(request, last=True)

    def on_message_complete(self) -> None:
        changes = self._parser.should_upgrade()
        if self.request is not None and not (changes and self._has_body(self.request)):
            # there is no protocol to change to: it is answered as if it had not asked, and is the last; so is one of
            # HTTP/1.0, whose way of keeping connections is another one (RFC 9112 C.2.2)
            last = changes or not (self._parser.should_keep_alive() and self.request.takes_chunks)
            self._enqueue(self.request, last=last)
            if len(self.ready) > MOST_PIPELINED:
                self.refuse(429, "too_many_at_once")

    def _has_body(self, request: Request) -> bool:
        return self._chunked or int(request.environ.get("CONTENT_LENGTH", 0)) > 0

    def _read_body_alone(self, request: Request) -> None:
        """To httptools what follows a head that asks for another protocol is in that; to us it is a body (RFC 9110
        §7.8: who does not change goes on as if nobody had asked)."""
        length = request.environ.get("CONTENT_LENGTH")
        framing = "Transfer-Encoding: chunked" if self._chunked else f"Content-Length: {length}"
        self._parser = httptools.HttpRequestParser(BodyAlone(self))
        self._parser.feed_data(f"POST / HTTP/1.1\r\nConnection: close\r\n{framing}\r\n\r\n".encode())

    def _objection(self, environ: WSGIEnvironment) -> Refusal | None:
        if self._size > LONGEST_HEAD or self._headers > MOST_HEADERS:
            return 431, "head_too_large"
        if "HTTP_HOST" not in environ and environ["SERVER_PROTOCOL"] == "HTTP/1.1":  # RFC 9112 §3.2
            return 400, "host_missing"
        if "HTTP_TRANSFER_ENCODING" in environ:
            coding: str = environ.pop("HTTP_TRANSFER_ENCODING")
            if coding.strip().lower() != "chunked" or environ["SERVER_PROTOCOL"] != "HTTP/1.1":
                return 501, "transfer_coding_unknown"
            self._chunked = True
        return None

    def _enqueue(self, request: Request, *, last: bool) -> None:
        if request.refusal is None:
            request.complete()
        request.last = self.deaf = last
        self.request = None
        self.ready.append(request)


class BodyAlone:
    """Tells a reader of a body, and of no head."""

    def __init__(self, told: Reader) -> None:
        self.on_body = told.on_body
        self.on_message_complete = told.on_message_complete


def base(*, server: tuple[str, int], peer: str, multiprocess: bool) -> WSGIEnvironment:
    """What all requests of a connection have in common."""
    return {
        "SCRIPT_NAME": "",
        "SERVER_PROTOCOL": "HTTP/1.1",
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


def _take_target(environ: WSGIEnvironment, target: bytes) -> bool:
    """False where it is none. An absolute address is taken, and its host counts (RFC 9112 §3.2.2); `*` asks of
    nothing that we have."""
    if not target.startswith(b"/"):
        scheme, _, rest = target.partition(b"://")
        host, _, path = rest.partition(b"/")
        if scheme.lower() not in (b"http", b"https") or not host or b"?" in host or b"@" in host:
            return False
        environ["HTTP_HOST"] = host.decode("latin-1")
        target = b"/" + path
    path, _, query = target.partition(b"?")
    environ["PATH_INFO"] = (unquote_to_bytes(path) if b"%" in path else path).decode("latin-1")
    environ["QUERY_STRING"] = query.decode("latin-1")
    return True


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
