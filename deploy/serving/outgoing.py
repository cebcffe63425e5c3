"""What an application answers, as bytes of HTTP/1.1 (RFC 9112), and what the server answers by itself."""

import itertools
import logging
import os
from collections.abc import Callable, Iterable, Iterator
from http import HTTPStatus
from typing import Any
from wsgiref.types import WSGIEnvironment

import orjson

from deploy.serving.reader import Refusal
from deploy.serving.terms import Application

AT_ONCE = 262_144  # bytes of a body that are collected and sent together
# what an answer carries that no person reads, unless it says otherwise itself
FOR_MACHINES = (
    ("Cache-Control", "no-store"),
    ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"),
    ("Referrer-Policy", "no-referrer"),
    ("X-Content-Type-Options", "nosniff"),
)
CLOSE = ("Connection", "close")
WITHOUT_BODY = frozenset({"204", "304"})
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"

log = logging.getLogger("deploy.serving")


class Malformed(Exception):
    """The application's answer cannot be sent: a line end in a header, or a body of another length than it says."""


class Outgoing:
    """An answer whose body is all there, or comes in parts (`more`). `close` must be called in the end."""

    __slots__ = ("_parts", "_without", "_written", "body", "headers", "more", "status")

    def __init__(self, application: Application, environ: WSGIEnvironment) -> None:
        self.more: Iterator[bytes] | None = None
        self._written: list[bytes] | None = None
        self._parts = parts = application(environ, self._start)
        if type(parts) is tuple and len(parts) == 1:  # what the rim gives
            self.body: bytes = parts[0]
        else:
            try:
                self._collect(iter(parts))
            except BaseException:
                self.close()
                raise
        self._without = environ["REQUEST_METHOD"] == "HEAD" or self.status[:3] in WITHOUT_BODY
        if self._without:
            self.more = None

    def _start(self, status: str, headers: list[tuple[str, str]], _failed: Any = None) -> Callable[[bytes], object]:
        self.status, self.headers = status, headers
        return self._write

    def _write(self, data: bytes) -> None:
        """PEP 3333 wants it; nothing here uses it."""
        self._written = [*(self._written or ()), data]

    def _collect(self, parts: Iterator[bytes]) -> None:
        collected, size = [], 0
        for part in parts:
            collected.append(part)
            size += len(part)
            if size > AT_ONCE and size != self._length():  # a long body in one piece needs nobody to wait for its end
                self.more = parts
                break
        self.body = b"".join([*(self._written or ()), *collected])

    def close(self) -> None:
        """Tell the application that its answer was sent, or will not be."""
        close = getattr(self._parts, "close", None)
        if close is not None:
            try:
                close()
            except Exception:
                log.exception("unforeseen", extra={"status": 500})

    def at_once(self, date: str, *, last: bool) -> tuple[bytes, bool]:
        """Head and body of an answer that is all there; and whether the connection ends with it. Raises Malformed."""
        headers, body = self.headers, self.body
        closes = CLOSE in headers
        lines = self._lines()
        if not self._without and ("Content-Length", str(len(body))) not in headers:
            length = self._length()
            if length is None:
                lines = f"{lines}Content-Length: {len(body)}\r\n"
            elif length != len(body):
                raise Malformed
        end = "Connection: close\r\n\r\n" if last and not closes else "\r\n"
        head = f"HTTP/1.1 {self.status}\r\n{lines}Date: {date}\r\n{end}".encode("latin-1")
        return head if self._without else head + body, last or closes

    def in_parts(self, date: str, *, last: bool, chunked: bool) -> Iterator[bytes]:
        """The same of an answer whose body still comes; `chunked` where its reader takes that. Raises Malformed."""
        assert self.more is not None
        length, parts = self._length(), itertools.chain((self.body,), self.more)
        coding = "Transfer-Encoding: chunked\r\n" if length is None and chunked else ""
        end = "Connection: close\r\n\r\n" if last and CLOSE not in self.headers else "\r\n"
        yield f"HTTP/1.1 {self.status}\r\n{self._lines()}{coding}Date: {date}\r\n{end}".encode("latin-1")
        if length is not None:
            yield from _exactly(length, parts)
        elif chunked:
            for part in parts:
                if part:
                    yield b"%x\r\n%b\r\n" % (len(part), part)
            yield b"0\r\n\r\n"
        else:
            yield from parts

    def ends_connection(self, *, chunked: bool) -> bool:
        """Whether the reader knows the end of an answer in parts only by the end of the connection, or is told so."""
        return CLOSE in self.headers or (self._length() is None and not chunked)

    def _length(self) -> int | None:
        """What the application says of it."""
        return next((int(value) for name, value in self.headers if name.lower() == "content-length"), None)

    def _lines(self) -> str:
        lines = "".join([f"{name}: {value}\r\n" for name, value in self.headers])
        if lines.count("\n") != len(self.headers) or lines.count("\r") != len(self.headers):
            raise Malformed
        return lines


def _exactly(length: int, parts: Iterable[bytes]) -> Iterator[bytes]:
    for part in parts:
        length -= len(part)
        if length < 0:
            raise Malformed
        yield part
    if length:
        raise Malformed


def refusal(refused: Refusal, date: str, *, last: bool = True, wait: int = 0) -> bytes:
    """The server's own answer, for machines and people alike; `wait` are seconds to come back after.

    It has an incident id like every other, under which the log knows why.
    """
    incident = os.urandom(8).hex()
    log.info("refused", extra={"incident": incident, "status": refused[0], "reason": refused[1]})
    status = HTTPStatus(refused[0])
    code = "invalid_request" if status < 500 else "temporarily_unavailable" if wait else "server_error"
    body = orjson.dumps({"error": code, "error_description": refused[1], "incident": incident})
    headers = [
        ("Content-Type", "application/json"),
        ("Content-Length", str(len(body))),
        *FOR_MACHINES,
        ("Request-Id", incident),
        ("Date", date),
        *([("Retry-After", str(wait))] if wait else []),
        *([("Connection", "close")] if last else []),
    ]
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers)
    return f"HTTP/1.1 {status.value} {status.phrase}\r\n{lines}\r\n".encode("ascii") + body
