"""The load: scripts that speak HTTP over a few kept connections, from one thread, so that it costs little itself.

A script is one operation from its beginning to its end: a generator that yields requests and is sent their answers.
"""

import selectors
import socket
import time
from collections.abc import Callable, Generator
from dataclasses import dataclass, field

PATIENCE = 30.0  # seconds without an answer


class Unexpected(Exception):
    """The server did not answer as it should; says what came instead."""


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    head: str
    body: bytes

    def header(self, name: str) -> str | None:
        """The first header of this name (in lower case)."""
        return next(iter(self.headers(name)), None)

    def headers(self, name: str) -> list[str]:
        lines = (line.partition(":") for line in self.head.split("\r\n")[1:])
        return [value.strip() for key, _, value in lines if key.lower() == name]

    def expect(self, status: int) -> "Answer":
        if self.status != status:
            raise Unexpected(f"{self.status} instead of {status}: {self.body[:400].decode('utf-8', 'replace')}")
        return self


class Later(bytes):
    """A request that is sent only after a while."""

    after = 0.0


Script = Generator[bytes, Answer, None]


@dataclass(slots=True)
class Done:
    """What was done in a while."""

    seconds: float = 0.0
    operations: list[float] = field(default_factory=list)  # how long each took
    requests: int = 0


def request(method: str, path: str, *, host: str, headers: str = "", body: bytes = b"") -> bytes:
    """An HTTP/1.1 request. `headers` are whole lines, each with its line end."""
    length = f"Content-Length: {len(body)}\r\n" if body or method == "POST" else ""
    return f"{method} {path} HTTP/1.1\r\nHost: {host}\r\n{headers}{length}\r\n".encode() + body


def run(
    port: int,
    script: Callable[[], Script],
    *,
    connections: int,
    seconds: float = 0.0,
    operations: int = 0,
    every: float = 0.0,
) -> Done:
    """Run scripts on each connection, until the time is over or so many are done.

    One after another; with `every`, one each so many seconds, whether the one before has ended or not: how long it
    took counts from when it was due.
    """
    done, started, begun = Done(), 0, time.perf_counter()
    with selectors.DefaultSelector() as selector:
        free = [_Line(port, selector) for _ in range(connections)]
        lines = tuple(free)
        while True:
            now = time.perf_counter()
            goes_on = started < operations if operations else now - begun < seconds
            while free and goes_on and now >= (due := begun + started * every):
                free.pop().begin(script(), due if every else now)
                started += 1
                goes_on = not operations or started < operations
            if len(free) == len(lines) and not goes_on:
                break
            waits = max(0.0, due - now) if every and free and goes_on else PATIENCE
            held = [line.held_until for line in lines if line.held is not None]
            ready = selector.select(min([waits, *(max(0.0, until - now) for until in held)]))
            for waiting in lines if held else ():
                waiting.send_what_is_due()
            if not ready and not held and waits == PATIENCE:
                raise Unexpected("no answer")
            for key, _ in ready:
                line: _Line = key.data
                if line.read():
                    done.requests += line.requests
                    done.operations.append(line.took)
                    free.append(line)
        done.seconds = time.perf_counter() - begun
        for line in lines:
            line.close()
    return done


class _Line:
    """One connection, and the script that it carries at the moment."""

    def __init__(self, port: int, selector: selectors.BaseSelector) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        selector.register(self._socket, selectors.EVENT_READ, self)
        self._selector = selector
        self._script: Script | None = None
        self._received = bytearray()
        self._begun = self.took = self.held_until = 0.0
        self.held: bytes | None = None
        self._open = True
        self.requests = 0

    def begin(self, script: Script, due: float) -> None:
        self._script, self._begun, self.requests = script, due, 0
        self._send(next(script))

    def read(self) -> bool:
        """Take what came; True when that ended the script."""
        came = self._socket.recv(262_144)
        if not came and self._script is None:  # idle until the server gave it up; the others go on
            self._selector.unregister(self._socket)
            self._open = False
            return False
        if not came:
            raise Unexpected("the connection was closed")
        self._received += came
        answer = _take(self._received)
        if answer is None or self._script is None:
            return False
        try:
            self._send(self._script.send(answer))
        except StopIteration:
            self.took = time.perf_counter() - self._begun
            self._script = None
            return True
        return False

    def close(self) -> None:
        if self._open:
            self._selector.unregister(self._socket)
        self._socket.close()

    def send_what_is_due(self) -> None:
        if self.held is not None and time.perf_counter() >= self.held_until:
            data, self.held = self.held, None
            self._socket.sendall(data)

    def _send(self, data: bytes) -> None:
        self.requests += 1
        if isinstance(data, Later):
            self.held, self.held_until = data, time.perf_counter() + data.after
            return
        self._socket.sendall(data)


def _take(received: bytearray) -> Answer | None:
    """The answer at the front, taken off, once it is there as a whole (RFC 9112 §6, §7.1)."""
    end = received.find(b"\r\n\r\n")
    if end < 0:
        return None
    head = received[:end].decode("latin-1")
    status, begin, lower = int(head[9:12]), end + 4, head.lower()
    if "transfer-encoding: chunked" in lower:
        body, stop = _chunks(received, begin)
        if stop < 0:
            return None
    else:
        place = lower.find("\ncontent-length:")
        length = int(lower[place + 16 :].split("\r\n", 1)[0]) if place >= 0 else 0
        stop = begin + length
        if len(received) < stop:
            return None
        body = bytes(received[begin:stop])
    del received[:stop]
    return Answer(status, head, body)


def _chunks(received: bytearray, at: int) -> tuple[bytes, int]:
    body = bytearray()
    while (end := received.find(b"\r\n", at)) >= 0:
        size = int(received[at:end].split(b";")[0], 16)
        if len(received) < end + 2 + size + 2:
            break
        body += received[end + 2 : end + 2 + size]
        at = end + 2 + size + 2
        if size == 0:
            return bytes(body), at
    return b"", -1
