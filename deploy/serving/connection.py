"""One client's connection: requests are read, answered in their order, and nothing about it is without bounds.

Everything here runs on the loop's thread, but for `_work` and what it calls.
"""

import asyncio
import logging
import math
import threading
from collections import deque
from typing import Protocol, cast
from wsgiref.types import WSGIEnvironment

import httptools

from deploy.serving import incoming, outgoing
from deploy.serving.incoming import Incoming
from deploy.serving.outgoing import Outgoing
from deploy.serving.terms import Application, Brief, Lengthy, Terms

HEAD_SECONDS = 15.0  # from a request's first byte to the end of its head
IDLE_SECONDS = 75.0  # between requests; longer than a proxy in front keeps its own (nginx: 60)
PAUSE_SECONDS = 30.0  # without one byte of a body, or without one byte taken of an answer
BODY_SECONDS = 600.0  # for all of a body
LINGER_SECONDS = 2.0  # for a client to read why, while what it still sends is thrown away
MOST_PIPELINED = 16
NO_TERMS = Terms(0)
BRIEF = Brief()
RAW = 2  # bytes of a body as it travels for each that is taken, and a little: chunks have heads

log = logging.getLogger("deploy.serving")


class House(Protocol):
    """What all connections share."""

    application: Application
    loop: asyncio.AbstractEventLoop
    connections: set["Connection"]
    date: str  # as HTTP writes it (RFC 9110 §5.6.7)
    stopping: bool

    def base(self, transport: asyncio.BaseTransport) -> WSGIEnvironment:
        """What a connection's requests have in common."""
        ...

    def admits(self) -> bool:
        """Whether there is room for one more connection."""
        ...

    def on_thread(self, connection: "Connection", request: "Request") -> bool:
        """Have `connection.work(request)` called on a thread; False where too many wait for one already."""
        ...

    def thread_is_free(self) -> None:
        """A request that was worked on is answered, or given up."""
        ...


class Request(Incoming):
    """With what the connection keeps of it."""

    __slots__ = ("begun", "chunked", "headed", "last", "raw", "terms")

    def __init__(self, base: WSGIEnvironment, begun: float) -> None:
        super().__init__(base)
        self.begun = begun
        self.terms = NO_TERMS
        self.headed = False  # its head is read
        self.last = False  # no other request is read after this one
        self.chunked = True  # whether an answer may come in chunks
        self.raw = 0  # bytes since the head


class Connection(asyncio.Protocol):
    """`deadline` is when it is looked at again, in the loop's time; see `expire`."""

    def __init__(self, house: House) -> None:
        self.deadline = math.inf
        self._house = house
        self._ready: deque[Request] = deque()
        self._request: Request | None = None  # being read
        self._deaf = False  # nothing more is read as a request
        self._lingering = False
        self._busy = False  # a thread works on an answer
        self._full = False  # the client does not take what is written
        self._drained = threading.Event()

    # what the loop tells

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        if not self._house.admits():
            self._transport.abort()
            return
        self._house.connections.add(self)
        self._base = self._house.base(transport)
        self._parser = httptools.HttpRequestParser(self)
        self.deadline = self._house.loop.time() + HEAD_SECONDS

    def connection_lost(self, _failed: Exception | None) -> None:
        self._house.connections.discard(self)
        self._deaf = self._lingering = True
        self._drained.set()
        for request in (*self._ready, self._request):
            if request is not None:
                request.close()
        self._ready.clear()
        self._request = None
        del self._parser  # it holds this connection, as this holds it

    def eof_received(self) -> bool:
        """The client sends no more, and may still read."""
        if self._lingering or not (self._busy or self._ready):
            return False
        self._deaf = True
        return True

    def pause_writing(self) -> None:
        self._full = True
        self._drained.clear()
        self.deadline = self._house.loop.time() + PAUSE_SECONDS
        self._transport.pause_reading()

    def resume_writing(self) -> None:
        self._full = False
        self._drained.set()
        self._rest()
        self._transport.resume_reading()
        self._go_on()

    def data_received(self, data: bytes) -> None:
        if self._deaf:
            return
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            self._deaf = (
                True  # there is no protocol to change to: it is answered as if it had not asked, and is the last
            )
        except httptools.HttpParserCallbackError:
            log.exception("unforeseen", extra={"status": 500})
            self._refuse(500, "unforeseen")
        except httptools.HttpParserInvalidMethodError:
            self._refuse(501, "method_unknown")  # RFC 9110 §9.1
        except httptools.HttpParserError:
            self._refuse(400, "request_malformed")
        self._weigh(len(data))
        self._go_on()

    def _weigh(self, more: int) -> None:
        """What came is not out of proportion: chunks with little in them, requests with nobody reading the answers."""
        request = self._request
        if request is not None and request.headed:
            request.raw += more
            if request.raw > RAW * (request.limit + incoming.LONGEST_HEAD):
                self._refuse(413, "body_too_large")
        if len(self._ready) > MOST_PIPELINED:
            self._refuse(429, "too_many_at_once")

    def expire(self) -> None:
        """The deadline has passed: the client takes nothing, says nothing, or is too slow."""
        if self._full:
            self._transport.abort()
        elif self._request is not None:
            self._refuse(408, "request_too_slow")
            self._go_on()
        elif not (self._busy or self._ready):
            self._transport.close()

    def stop(self) -> None:
        """The server ends: what is asked is answered, and nothing else is read."""
        if not (self._busy or self._ready or self._request):
            self._transport.close()

    # what the parser tells, while it is fed

    def on_message_begin(self) -> None:
        if self._deaf:
            return
        self._request = request = Request(self._base, self._house.loop.time())
        self.deadline = request.begun + HEAD_SECONDS

    def on_url(self, part: bytes) -> None:
        if self._request is not None:
            self._request.target(part)

    def on_header(self, name: bytes, value: bytes) -> None:
        # what follows a body in chunks looks the same and is no header (RFC 9110 §6.5)
        if self._request is not None and not self._request.headed:
            self._request.header(name, value)

    def on_headers_complete(self) -> None:
        request = self._request
        if request is None:
            return
        request.headed = True
        parser = self._parser
        request.head_ends(parser.get_method(), parser.get_http_version())
        if request.refusal is not None:
            self._enqueue(request, last=True)
            return
        environ = request.environ
        request.terms = self._house.application.terms(environ["REQUEST_METHOD"], environ["PATH_INFO"])
        request.limit = request.terms.body_limit
        told = request.told_length()
        if told is not None and told > request.limit:
            self._enqueue(request, last=True)  # the application says so, without a byte of it
        elif environ.get("HTTP_EXPECT", "").lower() == "100-continue" and not (self._busy or self._ready):
            self._transport.write(outgoing.CONTINUE)

    def on_body(self, part: bytes) -> None:
        request = self._request
        if request is None:
            return
        if not request.body(part):
            self._enqueue(request, last=True)
        else:
            self.deadline = min(self._house.loop.time() + PAUSE_SECONDS, request.begun + BODY_SECONDS)

    def on_message_complete(self) -> None:
        request = self._request
        if request is not None:
            self._enqueue(request, last=not self._parser.should_keep_alive())

    # reading

    def _enqueue(self, request: Request, *, last: bool) -> None:
        request.complete()
        request.last = last
        request.chunked = request.environ.get("SERVER_PROTOCOL") == "HTTP/1.1"
        self._request = None
        self._ready.append(request)
        if last:
            self._deaf = True

    def _refuse(self, status: int, reason: str) -> None:
        if self._deaf:  # the last request is there, and what follows it is not read
            return
        request = self._request or Request(self._base, 0.0)
        request.refusal = (status, reason)
        self._enqueue(request, last=True)

    # answering

    def _go_on(self) -> None:
        while self._ready and not (self._busy or self._full or self._transport.is_closing()):
            request = self._ready.popleft()
            if request.refusal is not None:
                self._write(outgoing.refusal(request.refusal, self._house.date), last=True)
                request.close()
            elif not request.terms.brief or not self._answer_at_once(request):
                self.deadline = math.inf
                self._busy = self._house.on_thread(self, request)
                if not self._busy:
                    last = request.last or self._house.stopping
                    full = outgoing.refusal((503, "too_busy"), self._house.date, last=last, wait=1)
                    self._write(full, last=last)
                    request.close()

    def _answer_at_once(self, request: Request) -> bool:
        """False where it turns out that it has to wait."""
        try:
            with BRIEF:
                answer = Outgoing(self._house.application, request.environ)
        except Lengthy:
            request.complete()
            return False
        except Exception:
            self._fail(request)
            return True
        self._send(request, answer)
        return True

    def _send(self, request: Request, answer: Outgoing) -> None:
        try:
            data, last = answer.at_once(self._house.date, last=request.last or self._house.stopping)
        except Exception:
            self._fail(request)
        else:
            self._write(data, last=last)
        finally:
            answer.close()
            request.close()

    def _fail(self, request: Request) -> None:
        log.exception("unforeseen", extra={"status": 500})
        self._write(outgoing.refusal((500, "unforeseen"), self._house.date), last=True)
        request.close()

    def _write(self, data: bytes, *, last: bool) -> None:
        if self._transport.is_closing():
            return
        self._transport.write(data)
        self._after(last=last)

    def _after(self, *, last: bool) -> None:
        if last or (self._deaf and not (self._ready or self._busy)):
            self._end()
        else:
            self._rest()

    def _rest(self) -> None:
        if self._request is None and not self._busy and not self._lingering:
            self.deadline = self._house.loop.time() + IDLE_SECONDS

    def _end(self) -> None:
        """Close, but not onto a client that still sends: it would not get to read why."""
        self._deaf = self._lingering = True
        self.deadline = self._house.loop.time() + LINGER_SECONDS
        if self._transport.can_write_eof():
            self._transport.write_eof()

    # on a thread

    def work(self, request: Request) -> None:
        """Answer a request that may wait, from a thread; the loop does the writing."""
        try:
            answer = Outgoing(self._house.application, request.environ)
        except Exception:
            log.exception("unforeseen", extra={"status": 500})
            broken = outgoing.refusal((500, "unforeseen"), self._house.date)
            self._tell(broken, last=True, done=True)
            request.close()
            return
        if answer.more is None:
            self._house.loop.call_soon_threadsafe(self._finish, request, answer)
            return
        try:
            self._stream(request, answer)
        finally:
            answer.close()
            request.close()

    def _stream(self, request: Request, answer: Outgoing) -> None:
        last = request.last or self._house.stopping
        ends = last or answer.ends_connection(chunked=request.chunked)
        try:
            for part in answer.in_parts(self._house.date, last=last, chunked=request.chunked):
                self._drained.clear()
                self._tell(part, last=False, done=False)
                if not self._drained.wait(PAUSE_SECONDS) or self._transport.is_closing():
                    break
            else:
                self._tell(b"", last=ends, done=True)
                return
        except Exception:
            log.exception("unforeseen", extra={"status": 500})
        # an answer that breaks off must not look like a whole one
        self._house.loop.call_soon_threadsafe(self._break_off)

    def _tell(self, data: bytes, *, last: bool, done: bool) -> None:
        self._house.loop.call_soon_threadsafe(self._write_part, data, last, done)

    # from a thread, on the loop again

    def _finish(self, request: Request, answer: Outgoing) -> None:
        self._busy = False
        self._house.thread_is_free()
        self._send(request, answer)
        self._go_on()

    def _write_part(self, data: bytes, last: bool, done: bool) -> None:
        self._busy = not done
        if data and not self._transport.is_closing():
            self._transport.write(data)
        if not self._full:
            self._drained.set()
        if done:
            self._house.thread_is_free()
            self._after(last=last)
            self._go_on()

    def _break_off(self) -> None:
        self._busy = False
        self._house.thread_is_free()
        self._transport.abort()
