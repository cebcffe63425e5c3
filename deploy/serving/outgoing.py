"""What an application answers, as bytes of HTTP/1.1 (RFC 9112), and what the server answers by itself."""

import itertools
import logging
import os
from collections.abc import Callable, Iterable, Iterator
from http import HTTPStatus
from typing import Any
from wsgiref.types import WSGIEnvironment

import orjson

from deploy.serving.incoming import Refusal
from deploy.serving.terms import Application

AT_ONCE = 262_144  # bytes of a body that are collected and sent together
WITHOUT_BODY = ("204", "304", "1")
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"

log = logging.getLogger("deploy.serving")


class Malformed(Exception):
    """The application's answer cannot be sent: a line end in a header, or a body of another length than it says."""


class Outgoing:
    """An answer whose body is all there, or comes in parts. `close` must be called in the end."""

    __slots__ = ("_close", "_written", "bare", "body", "headers", "more", "status")

    def __init__(self, application: Application, environ: WSGIEnvironment) -> None:
        self.status = ""
        self.headers: list[tuple[str, str]] = []
        self._written: list[bytes] = []
        parts = application(environ, self._start)
        self._close: Callable[[], None] | None = getattr(parts, "close", None)
        self.more: Iterator[bytes] | None = None
        if isinstance(parts, (tuple, list)) and not self._written:
            self.body = parts[0] if len(parts) == 1 else b"".join(parts)
        else:
            self._collect(iter(parts))
        self.bare = environ["REQUEST_METHOD"] == "HEAD" or self.status.startswith(WITHOUT_BODY)

    def _start(self, status: str, headers: list[tuple[str, str]], _failed: Any = None) -> Callable[[bytes], object]:
        self.status, self.headers = status, headers
        return self._written.append

    def _collect(self, parts: Iterator[bytes]) -> None:
        size = 0
        for part in parts:
            self._written.append(part)
            size += len(part)
            if size > AT_ONCE:
                self.more = parts
                break
        self.body = b"".join(self._written)

    def close(self) -> None:
        """Tell the application that its answer was sent, or will not be."""
        if self._close is not None:
            self._close()

    def at_once(self, date: str, *, last: bool) -> tuple[bytes, bool]:
        """Head and body of an answer that is all there; and whether the connection ends with it. Raises Malformed."""
        told, closes = self._told()
        length = "" if told is not None or self.bare else f"Content-Length: {len(self.body)}\r\n"
        if told is not None and not self.bare and int(told) != len(self.body):
            raise Malformed
        head = self._head(date, length, last=last and not closes)
        return head if self.bare else head + self.body, last or closes

    def in_parts(self, date: str, *, last: bool, chunked: bool) -> Iterator[bytes]:
        """The same of an answer whose body still comes; `chunked` where its reader takes that. Raises Malformed."""
        assert self.more is not None
        told, closes = self._told()
        parts = itertools.chain((self.body,), self.more)
        if told is not None:
            yield self._head(date, "", last=last and not closes)
            yield from _exactly(int(told), parts)
        elif chunked:
            yield self._head(date, "Transfer-Encoding: chunked\r\n", last=last and not closes)
            for part in parts:
                if part:
                    yield b"%x\r\n%b\r\n" % (len(part), part)
            yield b"0\r\n\r\n"
        else:
            yield self._head(date, "", last=not closes)
            yield from parts

    def ends_connection(self, *, chunked: bool) -> bool:
        """Whether the reader knows the end of an answer in parts only by the end of the connection, or is told so."""
        told, closes = self._told()
        return closes or (told is None and not chunked)

    def _told(self) -> tuple[str | None, bool]:
        """What the application says of its body's length, and whether it wants the connection to end."""
        length, closes = None, False
        for name, value in self.headers:
            size = len(name)
            if size == 14 and name.lower() == "content-length":
                length = value
            elif size == 10 and name.lower() == "connection":
                closes = value.lower() == "close"
        return length, closes

    def _head(self, date: str, besides: str, *, last: bool) -> bytes:
        lines = "".join([f"{name}: {value}\r\n" for name, value in self.headers])
        if lines.count("\n") != len(self.headers) or lines.count("\r") != len(self.headers):
            raise Malformed
        end = "Connection: close\r\n\r\n" if last else "\r\n"
        return f"HTTP/1.1 {self.status}\r\n{lines}{besides}Date: {date}\r\n{end}".encode("latin-1")


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
        ("Cache-Control", "no-store"),
        ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"),
        ("Referrer-Policy", "no-referrer"),
        ("X-Content-Type-Options", "nosniff"),
        ("Request-Id", incident),
        ("Date", date),
        *([("Retry-After", str(wait))] if wait else []),
        *([("Connection", "close")] if last else []),
    ]
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers)
    return f"HTTP/1.1 {status.value} {status.phrase}\r\n{lines}\r\n".encode("ascii") + body
