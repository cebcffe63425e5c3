"""One process that serves: a loop that reads, answers what is brief, and writes; threads for what has to wait."""

import asyncio
import contextlib
import heapq
import logging
import math
import os
import resource
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from email.utils import formatdate
from operator import attrgetter
from wsgiref.types import WSGIEnvironment

import uvloop

from deploy.serving import huge_pages, reader
from deploy.serving.connection import Connection
from deploy.serving.huge_pages import ask_for_huge_pages
from deploy.serving.reader import Request
from deploy.serving.terms import Application, brief_threads

MOST_CONNECTIONS = 4096
OTHER_FILES = 512  # of this process: databases, bodies on disk, calls to others, pipes to readers
MOST_LET_GO = 16  # connections at a time, when there are too many
MOST_TOGETHER = 16  # connections that are answered in one round
MOST_WAITING = 256  # requests for a thread; more are asked to come back
SWEEP_SECONDS = 1.0
GRACE_SECONDS = 8.0  # for what is under way when the server is to end

WHAT_IT_ASKS = attrgetter("asks")
DEADLINE = attrgetter("deadline")

log = logging.getLogger("deploy.serving")


class Server:
    """The connections' House. `threads` is how many requests may wait for somebody else at a time."""

    def __init__(self, application: Application, *, threads: int, multiprocess: bool = False) -> None:
        self.application = application
        self.connections: set[Connection] = set()
        self.date = formatdate(usegmt=True)
        self.stopping = False
        self._room = min(MOST_CONNECTIONS, room())
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="waiting")
        self._most = threads + MOST_WAITING
        self._on_threads = 0
        self._due: list[Connection] = []
        self._multiprocess = multiprocess
        self._ended = asyncio.Event()

    async def serve(self, host: str, port: int, *, shared: bool = False) -> bool:
        """Until `end`. `shared`: other processes listen at the same place. False where a thread is still at work."""
        self.loop = asyncio.get_running_loop()
        brief_threads.add(thread := threading.get_ident())
        try:
            return await self._serve(host, port, shared=shared)
        finally:
            brief_threads.discard(thread)

    async def _serve(self, host: str, port: int, *, shared: bool) -> bool:
        listening = await self.loop.create_server(
            lambda: Connection(self), host, port, backlog=1024, reuse_port=shared or None
        )
        self._sweep()
        for seconds in huge_pages.ASKED_AFTER:
            self.loop.call_later(seconds, self._ask_for_huge_pages)
        await self._ended.wait()
        self.stopping = True
        listening.close()
        until = self.loop.time() + GRACE_SECONDS
        while self.connections and self.loop.time() < until:
            for connection in tuple(self.connections):
                connection.stop()
            await asyncio.sleep(0.05)
        for connection in tuple(self.connections):
            connection.abort()  # or a thread waits for a reader whom nobody serves any more
        self._threads.shutdown(wait=False, cancel_futures=True)
        return not self._on_threads

    def end(self) -> None:
        """Answer what is asked already, and nothing else. On the loop's thread."""
        self._ended.set()

    def base(self, transport: asyncio.BaseTransport) -> WSGIEnvironment:
        """What a connection's requests have in common."""
        at = transport.get_extra_info("sockname") or ("", 0)
        peer = transport.get_extra_info("peername") or ("",)  # who has gone already has none
        return reader.base(server=at[:2], peer=peer[0], multiprocess=self._multiprocess)

    def admits(self) -> bool:
        """Whether there is room for one more connection, or could be made."""
        if len(self.connections) >= self._room:
            self._make_room()
        return not self.stopping and len(self.connections) < self._room

    def _make_room(self) -> None:
        """Let go of some who owe us a request, whose time would be over first: places are for who uses them."""
        owing = [connection for connection in self.connections if connection.owes_a_request]
        for connection in heapq.nsmallest(MOST_LET_GO, owing, key=DEADLINE):
            self.connections.discard(connection)
            connection.abort()

    def answer_soon(self, connection: Connection) -> None:
        """Have its requests answered in the next round: when everybody has been read who can be now."""
        if not self._due:
            self.loop.call_soon(self._answer_round)
        self._due.append(connection)

    def _answer_round(self) -> None:
        """Alike after alike, so that the second finds at hand what the first has brought into the caches."""
        due, self._due = self._due[:MOST_TOGETHER], self._due[MOST_TOGETHER:]
        if self._due:
            self.loop.call_soon(self._answer_round)
        due.sort(key=WHAT_IT_ASKS)
        kept = True
        try:
            with self.application.together() if len(due) > 1 else contextlib.nullcontext():
                for connection in due:
                    connection.answer()
        except Exception:
            log.exception("unforeseen", extra={"status": 500})
            kept = False
        for connection in due:
            connection.send(kept=kept)

    def on_thread(self, connection: Connection, request: Request) -> bool:
        """Have the request worked on; False where too many wait already."""
        if self._on_threads >= self._most:
            return False
        self._on_threads += 1
        with contextlib.suppress(RuntimeError):  # no more threads can be begun: one of those that are there comes to it
            self._threads.submit(connection.work, request)
        return True

    def thread_is_free(self) -> None:
        """A request that was worked on is answered, or given up."""
        self._on_threads -= 1

    def _ask_for_huge_pages(self, further: Iterator[int] | None = None) -> None:
        """One at a time, and requests in between."""
        further = ask_for_huge_pages() if further is None else further
        if next(further, None) is not None:
            self.loop.call_later(huge_pages.PAUSE, self._ask_for_huge_pages, further)

    def _sweep(self) -> None:
        """Again and again: what time it is, and whose time is over. Trouble with one keeps no other from its end."""
        self.loop.call_later(SWEEP_SECONDS, self._sweep)
        self.date = formatdate(usegmt=True)
        now = self.loop.time()
        for connection in tuple(self.connections):
            if connection.deadline < now:
                connection.deadline = math.inf
                try:
                    connection.expire()
                except Exception:
                    log.exception("unforeseen")
                    connection.abort()


def room() -> int:
    """For how many connections this process may open files, beside its others; it asks the system for enough first."""
    allowed, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_CONNECTIONS + OTHER_FILES
    if allowed < wanted:
        allowed = wanted if most == resource.RLIM_INFINITY else min(wanted, most)
        resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, most))
    return max(allowed - OTHER_FILES, allowed // 2)


def _do_not_push_in() -> None:
    """Let who is at work finish, before a thread of ours that has been answered goes on: a database on the same
    processors answers several of them at once then, and fewer changes of hands leave more in the caches."""
    if hasattr(os, "SCHED_BATCH"):  # Linux's; nobody needs a right for it
        with contextlib.suppress(OSError):  # refused in some containers
            os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))


def run(application: Application, *, host: str, port: int, threads: int, shared: bool = False) -> None:
    """Serve until this process is told to end."""
    _do_not_push_in()

    async def serve() -> bool:
        server = Server(application, threads=threads, multiprocess=shared)
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, server.end)
        return await server.serve(host, port, shared=shared)

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        all_done = runner.run(serve())
    if not all_done:
        # nobody is there for what they make, and Python's own end would wait for it without any bound, whatever signal
        # comes but the last one
        logging.shutdown()
        os._exit(0)
