"""Connections to servers outside: so many calls at once, and each connection kept a while for the next call.

One that was kept is used again only while nothing has come in over it: a server that says something unasked has closed
it, or is not to be believed. What was sent is never sent twice. Over each comes only so much for an answer, whatever it
is: http.client by itself follows interim answers and trailers without end.
"""

import io
import select
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.client import HTTPConnection, HTTPResponse, HTTPSConnection
from typing import TYPE_CHECKING, Any
from urllib.parse import SplitResult

from gateway.frozen import Frozen

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

KEPT_SECONDS = 5.0  # that a connection waits for a next call

PORTS = {"https": 443, "http": 80}

Place = tuple[str, str, int]  # scheme, host and port


class TooMuch(ValueError):
    """More came than an answer may hold."""


class Kept(Frozen):
    """A connection that waits, and since when."""

    to: Place
    connection: HTTPConnection
    since: float


class KeptConnections:
    """`most` calls at once, and as many connections that wait.

    Each step of a call may take `seconds`, and an answer as a whole twice that and `largest` bytes, with all that
    belongs to it.
    """

    def __init__(self, *, most: int, seconds: float, largest: int, tls: ssl.SSLContext) -> None:
        self._most = most
        self._seconds = seconds
        self._largest = largest
        self._tls = tls
        self._places = threading.BoundedSemaphore(most)
        self._lock = threading.Lock()
        self._waiting: list[Kept] = []  # the oldest first

    @contextmanager
    def one(self, to: SplitResult) -> Iterator[HTTPConnection]:
        """A connection for one call, kept afterwards unless something went wrong. Raises TimeoutError, ValueError."""
        place = to.scheme, to.hostname or "", to.port or PORTS.get(to.scheme, 0)
        if not self._places.acquire(timeout=self._seconds):
            raise TimeoutError
        try:
            connection = self._kept(place) or self._made(place)
            try:
                yield connection
            except BaseException:
                connection.close()  # there may be an answer on its way that nobody waits for
                raise
            if connection.sock is not None:  # the answer may have said that it is the last
                self._keep(Kept(to=place, connection=connection, since=time.monotonic()))
        finally:
            self._places.release()

    def close(self) -> None:
        """Give up those that wait."""
        with self._lock:
            over, self._waiting = self._waiting, []
        for kept in over:
            kept.connection.close()

    def _kept(self, place: Place) -> HTTPConnection | None:
        """The one used last that is still good."""
        while True:
            with self._lock:
                found = next((kept for kept in reversed(self._waiting) if kept.to == place), None)
                if found is None:
                    return None
                self._waiting.remove(found)
            if time.monotonic() - found.since < KEPT_SECONDS and not _has_said_something(found.connection):
                return found.connection
            found.connection.close()

    def _keep(self, kept: Kept) -> None:
        with self._lock:
            self._waiting.append(kept)
            good = [one for one in self._waiting[-self._most :] if kept.since - one.since < KEPT_SECONDS]
            over, self._waiting = self._waiting[: -len(good)], good
        for one in over:
            one.connection.close()

    def _made(self, place: Place) -> HTTPConnection:
        scheme, host, port = place
        if scheme not in PORTS or not host:
            raise ValueError("address_of_no_server")
        made = (
            HTTPSConnection(host, port, timeout=self._seconds, context=self._tls)
            if scheme == "https"
            else HTTPConnection(host, port, timeout=self._seconds)
        )
        made.response_class = partial(_answer, most=self._largest, seconds=2 * self._seconds)  # type: ignore[assignment]  # called like the class
        return made


class _Bounded(io.RawIOBase):
    """What comes in over a socket, and no more of it than so much, for so long: a byte now and then is no answer."""

    def __init__(self, socket: Any, most: int, seconds: float) -> None:
        self._incoming = socket.makefile("rb", buffering=0)
        self._left = most
        self._until = time.monotonic() + seconds

    def makefile(self, _mode: str) -> io.BufferedReader:
        """Itself, as `HTTPResponse` asks a socket for it."""
        return io.BufferedReader(self)

    def readable(self) -> bool:
        return True

    def readinto(self, into: "WriteableBuffer") -> int | None:
        came: int | None = self._incoming.readinto(into)
        self._left -= came or 0
        if self._left < 0:
            raise TooMuch
        if time.monotonic() > self._until:
            raise TimeoutError
        return came

    def close(self) -> None:
        self._incoming.close()
        super().close()


def _answer(socket: Any, *, most: int, seconds: float, **how: Any) -> HTTPResponse:
    return HTTPResponse(_Bounded(socket, most, seconds), **how)  # type: ignore[arg-type]  # of a socket it wants that one file


def _has_said_something(connection: HTTPConnection) -> bool:
    if isinstance(connection.sock, ssl.SSLSocket) and connection.sock.pending():  # decrypted already, with the answer
        return True
    looking = select.poll()
    looking.register(connection.sock, select.POLLIN)
    return bool(looking.poll(0))
