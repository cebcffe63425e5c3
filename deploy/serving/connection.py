"""One client's connection: requests are answered in their order, and nothing about it is without bounds.

Everything here runs on the loop's thread, but for `work` and what it calls.
"""

import asyncio
import logging
import math
import threading
from typing import Protocol, cast
from wsgiref.types import WSGIEnvironment

from deploy.serving import outgoing
from deploy.serving.outgoing import Outgoing
from deploy.serving.reader import Reader, Request
from deploy.serving.terms import Application, Lengthy

HEAD_SECONDS = 15.0  # from a request's first byte to the end of its head
IDLE_SECONDS = 75.0  # between requests; longer than a proxy in front keeps its own (nginx: 60)
PAUSE_SECONDS = 30.0  # without one byte of a body, or without one byte taken of an answer (of a part, by a thread)
BODY_SECONDS = 600.0  # for all of a body
LINGER_SECONDS = 2.0  # for a client to read why, while what it still sends is thrown away

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
        """Whether there is room for one more connection, or could be made."""
        ...

    def answer_soon(self, connection: "Connection") -> None:
        """Have `connection.answer()` called, and then `connection.send(...)`."""
        ...

    def on_thread(self, connection: "Connection", request: Request) -> bool:
        """Have `connection.work(request)` called on a thread; False where too many wait for one already."""
        ...

    def thread_is_free(self) -> None:
        """A request that was worked on is answered, or given up."""
        ...


class Connection(asyncio.Protocol):
    """`deadline` is when it is looked at again, in the loop's time; see `expire`.

    What is ready is answered in rounds, several connections at a time, and sent when the round is kept; but for what
    needs no round.
    """

    def __init__(self, house: House) -> None:
        self.deadline = math.inf
        self._house = house
        self._busy = False  # a thread works on an answer
        self._full = False  # the client does not take what is written
        self._left = 0  # bytes that it had not taken when that was looked at
        self._ended = False  # nothing more is written
        self.asks = ("", "")  # what the next round answers: a method and a path
        self._due = False  # there is something for it
        self._held: list[bytes] | None = None  # what is sent at its end
        self._drained = threading.Event()

    @property
    def owes_a_request(self) -> bool:
        """Whether nothing is asked, or not all of it, and nothing left to be read by its client."""
        return not (self._busy or self._reader.ready or self._transport.get_write_buffer_size())

    # what the loop tells

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        house = self._house
        self._transport = cast(asyncio.Transport, transport)
        self._reader = Reader(house.base(transport), house.application.terms)
        if house.admits():
            house.connections.add(self)
            self.deadline = house.loop.time() + HEAD_SECONDS
        else:
            self._transport.abort()

    def connection_lost(self, _failed: Exception | None) -> None:
        self._house.connections.discard(self)
        self._reader.close()
        self._drained.set()

    def eof_received(self) -> bool:
        """The client sends no more, and may still read."""
        self._reader.deaf = True
        return self._busy or bool(self._reader.ready)

    def pause_writing(self) -> None:
        self._full = True
        self._left = self._transport.get_write_buffer_size()
        self._drained.clear()
        self.deadline = self._house.loop.time() + PAUSE_SECONDS
        self._transport.pause_reading()

    def resume_writing(self) -> None:
        self._full = False
        self._drained.set()
        self.deadline = self._house.loop.time() + (LINGER_SECONDS if self._ended else IDLE_SECONDS)
        self._transport.resume_reading()
        self._go_on()

    def data_received(self, data: bytes) -> None:
        reader = self._reader
        if reader.deaf:
            return
        reader.feed(data)
        if reader.request is not None:
            self._expect_more(reader.request)
        self._go_on()

    def expire(self) -> None:
        """The deadline has passed: the client takes nothing, says nothing, or is too slow."""
        reader, left = self._reader, self._transport.get_write_buffer_size()
        if left:
            if left == self._left:
                self._transport.abort()
            self._left = left
            self.deadline = self._house.loop.time() + PAUSE_SECONDS
        elif reader.request is not None:
            reader.refuse(408, "request_too_slow")
            self._go_on()
        elif not (self._busy or reader.ready):
            self._transport.close()

    def abort(self) -> None:
        """The server has ended, or has no place for it any more."""
        self._transport.abort()

    def stop(self) -> None:
        """The server ends: what is asked is answered, and nothing else is read."""
        if not (self._busy or self._reader.ready or self._reader.request):
            self._transport.close()

    # reading

    def _expect_more(self, request: Request) -> None:
        now = self._house.loop.time()
        request.begun = min(request.begun, now)
        if request.terms is None:
            self.deadline = request.begun + HEAD_SECONDS
            return
        self.deadline = min(now + PAUSE_SECONDS, request.begun + BODY_SECONDS)
        if self._busy or self._reader.ready:
            return  # leave to go on is given in its turn, like an answer
        if request.environ.pop("HTTP_EXPECT", "").lower() == "100-continue":
            self._put(outgoing.CONTINUE)

    # answering

    def _go_on(self) -> None:
        ready = self._reader.ready
        while ready and not (self._busy or self._full or self._due or self._transport.is_closing()):
            request = ready[0]
            if request.terms is None or not request.terms.by_itself:
                environ = request.environ
                self.asks = environ.get("REQUEST_METHOD", ""), environ.get("PATH_INFO", "")
                self._due = True
                self._house.answer_soon(self)
            else:
                self._answer(ready.popleft())

    def answer(self) -> None:
        """Answer one request; nothing is sent yet. So what follows it begins when it is kept (RFC 9112 §9.3.2), and who
        sends many at once makes no round longer."""
        self._held = []
        if self._reader.ready and not self._transport.is_closing():
            self._answer(self._reader.ready.popleft())

    def send(self, *, kept: bool) -> None:
        """Send what was answered; where it was not `kept`, say that it failed. Who waits for a thread waits on."""
        held, self._held, self._due = self._held, None, False
        if not kept and not self._busy:
            held = [outgoing.refusal((500, "unforeseen"), self._house.date)]
            self._reader.end()
            self._ended = True
        if self._transport.is_closing():
            return
        if held:
            self._transport.write(b"".join(held))
        if self._ended:
            self._shut()
        else:
            self._go_on()

    def _answer(self, request: Request) -> None:
        if request.refusal is not None:
            wait = 1 if request.refusal[0] == 503 else 0
            self._write(outgoing.refusal(request.refusal, self._house.date, wait=wait), last=True)
            request.close()
        elif request.terms is None or not request.terms.brief or not self._answer_at_once(request):
            self._have_worked(request)

    def _answer_at_once(self, request: Request) -> bool:
        """False where it turns out that it has to wait."""
        try:
            answer = Outgoing(self._house.application, request.environ)
        except Lengthy:
            request.complete()
            return False
        except Exception:
            self._fail(request)
            return True
        self._send(request, answer)
        return True

    def _have_worked(self, request: Request) -> None:
        if self._reader.request is None:
            self.deadline = math.inf
        self._busy = self._house.on_thread(self, request)
        if not self._busy:
            last = request.last or self._house.stopping
            self._write(outgoing.refusal((503, "too_busy"), self._house.date, last=last, wait=1), last=last)
            request.close()

    def _send(self, request: Request, answer: Outgoing) -> None:
        try:
            data, last = answer.at_once(self._house.date, last=request.last or self._house.stopping)
        except Exception:
            self._fail(request)
        else:
            self._write(data, last=last)
            request.close()
        finally:
            answer.close()

    def _fail(self, request: Request) -> None:
        log.exception("unforeseen", extra={"status": 500})
        self._write(outgoing.refusal((500, "unforeseen"), self._house.date), last=True)
        request.close()

    def _put(self, data: bytes) -> None:
        if self._held is None:
            self._transport.write(data)
        else:
            self._held.append(data)

    def _write(self, data: bytes, *, last: bool) -> None:
        self._put(data)
        reader = self._reader
        if last or (reader.deaf and not reader.ready):
            self._end()
        elif reader.request is None:
            self.deadline = self._house.loop.time() + IDLE_SECONDS
        else:
            self._expect_more(reader.request)

    def _end(self) -> None:
        """Close, but not onto a client that still sends: it would not get to read why."""
        self._reader.end()
        self._ended = True
        if self._held is None:
            self._shut()

    def _shut(self) -> None:
        if not self._full:
            self.deadline = self._house.loop.time() + LINGER_SECONDS
        self._transport.write_eof()

    # on a thread

    def work(self, request: Request) -> None:
        """Answer a request that may wait, from a thread; the loop does the writing."""
        call = self._house.loop.call_soon_threadsafe
        try:
            answer = Outgoing(self._house.application, request.environ)
        except Exception:
            log.exception("unforeseen", extra={"status": 500})
            call(self._finish, request, None)
            return
        if answer.more is None:
            call(self._finish, request, answer)
            return
        whole, last = False, True
        try:
            last = request.last or self._house.stopping or answer.ends_connection(chunked=request.takes_chunks)
            whole = self._stream(request, answer, last=last)
        except Exception:
            log.exception("unforeseen", extra={"status": 500})
        answer.close()
        request.close()
        # an answer that breaks off must not look like a whole one
        call(self._finish_stream, whole, last)

    def _stream(self, request: Request, answer: Outgoing, *, last: bool) -> bool:
        for part in answer.in_parts(self._house.date, last=last, chunked=request.takes_chunks):
            self._drained.clear()
            self._house.loop.call_soon_threadsafe(self._write_part, part)
            if not self._drained.wait(PAUSE_SECONDS) or self._transport.is_closing():
                return False
        return True

    # from a thread, on the loop again

    def _finish(self, request: Request, answer: Outgoing | None) -> None:
        self._busy = False
        self._house.thread_is_free()
        if self._transport.is_closing():
            request.close()
            if answer is not None:
                answer.close()
        elif answer is None:
            self._write(outgoing.refusal((500, "unforeseen"), self._house.date), last=True)
            request.close()
        else:
            self._send(request, answer)
            self._go_on()

    def _write_part(self, part: bytes) -> None:
        if not self._transport.is_closing():
            self._transport.write(part)
        if not self._full:
            self._drained.set()

    def _finish_stream(self, whole: bool, last: bool) -> None:
        self._busy = False
        self._house.thread_is_free()
        if not whole:
            self._transport.abort()
        elif not self._transport.is_closing():
            self._write(b"", last=last)
            self._go_on()
