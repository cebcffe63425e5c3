"""Reads foreign PDFs in a process of their own, with limits on time and memory; every end of it is a fact.

Workers are kept: starting one costs half a second, reading a file some milliseconds. A worker that outlives its
time or dies is replaced. Private keys never reach a worker: it is started afresh, not forked.
"""

import hashlib
import multiprocessing
import queue
import resource
import signal
import warnings
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess

from cryptography.utils import CryptographyDeprecationWarning

from trust.validation.facts import FileFacts

MEMORY = 3 * 1024**3  # address space; qpdf and Python together stay far below for honest files
SECONDS = 60.0
LARGEST = 512 * 1024 * 1024


class ContainedReader:
    """Satisfies the DocumentReader port with a few workers; for threads."""

    def __init__(self, *, workers: int = 1, seconds: float = SECONDS, memory: int = MEMORY) -> None:
        self._seconds, self._memory = seconds, memory
        self._idle: queue.LifoQueue[_Worker | None] = queue.LifoQueue()
        for _ in range(workers):
            self._idle.put(None)

    def read(self, data: bytes) -> FileFacts:
        """The facts; `contained_*` problems say how the reading ended."""
        if len(data) > LARGEST:
            return _nothing(data, "too_large")
        worker = self._idle.get()
        keep: _Worker | None = worker
        try:
            if worker is None or not worker.alive:
                worker = keep = _Worker(self._memory, self._seconds)
            answer = worker.ask(data, self._seconds)
            if isinstance(answer, FileFacts):
                return answer
            keep = None
            worker.stop()
            return _nothing(data, answer)
        finally:
            self._idle.put(keep)

    def close(self) -> None:
        """Stop the workers."""
        while not self._idle.empty():
            worker = self._idle.get_nowait()
            if worker is not None:
                worker.stop()


class _Worker:
    def __init__(self, memory: int, seconds: float) -> None:
        context = multiprocessing.get_context("spawn")
        self._here, there = context.Pipe()
        self._process: BaseProcess = context.Process(target=_serve, args=(there, memory, seconds), daemon=True)
        self._process.start()
        there.close()

    @property
    def alive(self) -> bool:
        return self._process.is_alive()

    def ask(self, data: bytes, seconds: float) -> "FileFacts | str":
        try:
            self._here.send_bytes(data)
            if not self._here.poll(seconds):
                return "reading_took_too_long"
            answer = self._here.recv()
        except (EOFError, OSError):
            return "reading_crashed"
        return answer if isinstance(answer, FileFacts) else "reading_crashed"

    def stop(self) -> None:
        self._here.close()
        self._process.kill()
        self._process.join(5)


def quiet() -> None:
    """Foreign certificates break rules of which the library warns on stderr; verdicts say what matters."""
    warnings.filterwarnings("ignore", category=CryptographyDeprecationWarning)


def _serve(connection: Connection, memory: int, seconds: float) -> None:
    """The worker's loop: bytes in, facts out."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides when to stop
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    quiet()
    from trust.pades import reader  # noqa: PLC0415 - only workers load the parser

    while True:
        try:
            data = connection.recv_bytes()
        except (EOFError, OSError):
            return
        used = resource.getrusage(resource.RUSAGE_SELF)
        limit = int(used.ru_utime + used.ru_stime + seconds) + 1
        resource.setrlimit(resource.RLIMIT_CPU, (limit, resource.RLIM_INFINITY))
        try:
            facts = reader.read(data)
        except MemoryError:
            facts = _nothing(data, "reading_took_too_much_memory")
        except RecursionError:
            facts = _nothing(data, "structure_too_deep")
        except Exception:  # the promise of this module: every end is a fact
            facts = _nothing(data, "unreadable")
        connection.send(facts)


def _nothing(data: bytes, problem: str) -> FileFacts:
    return FileFacts(sha256=hashlib.sha256(data).hexdigest(), size=len(data), problem=problem)
