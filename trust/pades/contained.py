"""Reads foreign PDFs in processes of their own, with limits on time and memory; every end of it is a fact.

Workers are kept: starting one costs a fifth of a second, reading a file some milliseconds. One that outlives its time
or dies is replaced. No private key is ever in its memory: it is a fresh interpreter, or, where a command says that it
has opened no key yet, a copy of that command. What it answers is only read as facts, so that a worker that was taken
over can say nothing else. A document is handed over in memory that both see, not through a pipe: a worker reads it
where it lies, and nobody waits for a buffer to empty.
"""

import contextlib
import gc
import hashlib
import os
import queue
import resource
import select
import signal
import struct
import subprocess
import sys
import threading
import time
import warnings
import weakref
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import IO, Any

from cryptography.utils import CryptographyDeprecationWarning
from msgspec import msgpack

from trust.errors import ReadersBusy
from trust.pades import in_memory
from trust.pades.copied_process import HELD, CopiedProcess, is_alone
from trust.pades.digest_request import pack, unpack
from trust.pades.in_memory import Document
from trust.validation.facts import FileFacts

MEMORY = 3 * 1024**3  # address space; qpdf and Python together stay far below for honest files
SECONDS = 60.0
LARGEST = 512 * 1024 * 1024
LARGEST_ANSWER = 256 * 1024 * 1024
PIPE = 64 * 1024  # bytes that a pipe holds
HEAD = struct.Struct(">Q")
ASK = struct.Struct(">cQ")
DOCUMENT, DETACHED = b"D", b"S"  # a whole file, or a signature with digests
# glibc keeps what a large document took for the next one, instead of asking for it page by page each time
TRIM_THRESHOLD, MMAP_THRESHOLD = -1, -3  # their numbers for mallopt(3)
MALLOC = {TRIM_THRESHOLD: 128 * 1024 * 1024, MMAP_THRESHOLD: 32 * 1024 * 1024}
IN_LINE = 14  # callers that wait for a worker; who comes beyond is told so, and holds no thread
LARGE = 64 * 1024 * 1024  # bytes of a document whose memory is given back at once
LEAST = 256 * 1024  # what a document counts for, however small
TIDY_AFTER = 64 * 1024 * 1024  # bytes read, until a worker looks for what can be thrown away
ROOT = Path(__file__).resolve().parents[2]
START = f"import sys; sys.path.insert(0, {str(ROOT)!r}); from trust.pades.contained import serve; "
PIPES = "sys.stdin.buffer, sys.stdout.buffer"

FACTS = msgpack.Decoder(FileFacts)  # an answer is facts, each of its type, or it is none


class ContainedReader:
    """Satisfies the DocumentReader port with a few workers; for threads."""

    def __init__(
        self,
        *,
        workers: int = 1,
        seconds: float = SECONDS,
        memory: int = MEMORY,
        in_line: int = IN_LINE,
        render: bool = False,
    ) -> None:
        self._seconds, self._memory, self._render = seconds, memory, render
        self._places = threading.BoundedSemaphore(workers + in_line)
        self._idle: queue.LifoQueue[_Worker | None] = queue.LifoQueue()
        for _ in range(workers):
            self._idle.put(None)

    def read(self, data: bytes) -> FileFacts:
        """The facts; a problem says how the reading ended, if it did not end well. Raises ReadersBusy."""
        answer = self._ask(DOCUMENT, data) if len(data) <= LARGEST else "too_large"
        return answer if isinstance(answer, FileFacts) else _nothing(data, answer)

    def read_detached(self, message: bytes, digests: Mapping[str, bytes]) -> FileFacts:
        """The facts about a signature without its document."""
        answer = self._ask(DETACHED, pack(message, digests)) if len(message) <= LARGEST else "too_large"
        return answer if isinstance(answer, FileFacts) else _no_signature(answer)

    def _ask(self, kind: bytes, data: bytes) -> "FileFacts | str":
        if not self._places.acquire(blocking=False):
            raise ReadersBusy("reading_busy")
        try:
            return self._in_turn(kind, data)
        finally:
            self._places.release()

    def _in_turn(self, kind: bytes, data: bytes) -> "FileFacts | str":
        worker = self._idle.get()
        keep: _Worker | None = None
        try:
            if worker is None or not worker.alive:
                worker = _Worker(self._memory, self._seconds, render=self._render)
            answer = worker.ask(kind, data, self._seconds)
            if isinstance(answer, FileFacts):
                keep = worker
            return answer
        finally:
            if keep is None and worker is not None:
                worker.stop()
            self._idle.put(keep)

    def start(self, *, as_copies: bool = False) -> None:
        """Start every worker now, while its caller is still busy with something else.

        `as_copies` is for a command that has opened no key: its first workers are copies of itself.
        """
        for worker in [self._idle.get() for _ in range(self._idle.qsize())]:
            self._idle.put(worker or _Worker(self._memory, self._seconds, render=self._render, as_copy=as_copies))

    def close(self) -> None:
        """Stop the workers."""
        while not self._idle.empty():
            worker = self._idle.get_nowait()
            if worker is not None:
                worker.stop()


class _Worker:
    def __init__(self, memory: int, seconds: float, *, render: bool = False, as_copy: bool = False) -> None:
        self._held = in_memory.empty()
        self._process: subprocess.Popen[bytes] | CopiedProcess
        limits: dict[str, Any] = {"memory": memory, "seconds": seconds, "render": render}
        if as_copy and is_alone():
            self._process = CopiedProcess(partial(serve, held=HELD, **limits), held=self._held)
        else:
            self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
                [sys.executable, "-I", "-c", f"{START}serve({PIPES}, held={self._held}, **{limits})"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,  # what a foreign file makes a library say is nobody's log
                pass_fds=(self._held,),
                env={},
            )
        # nobody need remember to stop it: Python keeps the pipes of a process open that it has forgotten
        self.stop = weakref.finalize(self, _end, self._process, self._held)

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def ask(self, kind: bytes, data: bytes, seconds: float) -> "FileFacts | str":
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        try:
            in_memory.put(self._held, data)
            self._process.stdin.write(ASK.pack(kind, len(data)))
            self._process.stdin.flush()
            answer = _read_until(self._process.stdout, time.monotonic() + seconds)
        except TimeoutError:
            return "reading_took_too_long"
        except (EOFError, OSError):
            return "reading_crashed"
        if len(data) > LARGE:
            os.ftruncate(self._held, 0)
        return understood(answer)


def _end(process: "subprocess.Popen[bytes] | CopiedProcess", held: int) -> None:
    process.kill()
    process.wait(5)
    os.close(held)
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            with contextlib.suppress(OSError):  # what could not be written any more
                pipe.close()


def understood(answer: bytes) -> FileFacts | str:
    """The facts that a worker told, or the problem that it told none."""
    try:
        return FACTS.decode(answer)
    except Exception:  # a worker that was taken over may say anything; not every refusal is a DecodeError
        return "reading_crashed"


def _read_until(pipe: IO[bytes], deadline: float) -> bytes:
    """One answer, or TimeoutError, or EOFError."""
    descriptor = pipe.fileno()
    waiting = select.poll()
    waiting.register(descriptor, select.POLLIN)
    received = bytearray()
    wanted = HEAD.size
    while len(received) < wanted:
        left = deadline - time.monotonic()
        if left <= 0 or not waiting.poll(left * 1000):
            raise TimeoutError
        # past the pipe object's buffer, which poll cannot see
        chunk = os.read(descriptor, PIPE)
        if not chunk:
            raise EOFError
        received += chunk
        if wanted == HEAD.size and len(received) >= HEAD.size:
            wanted += int(HEAD.unpack_from(received)[0])
            if wanted > LARGEST_ANSWER:
                raise EOFError
    if len(received) > wanted:  # who answers more than was asked is not to be believed
        raise EOFError
    return bytes(received[HEAD.size :])


def quiet() -> None:
    """Foreign certificates break rules of which the library warns on stderr; verdicts say what matters."""
    warnings.filterwarnings("ignore", category=CryptographyDeprecationWarning)


def _keep_memory() -> None:
    import ctypes  # noqa: PLC0415 - only workers

    with contextlib.suppress(AttributeError):  # of glibc alone
        mallopt = ctypes.CDLL(None).mallopt
        for parameter, value in MALLOC.items():
            mallopt(parameter, value)


def serve(
    requests: IO[bytes], answers: IO[bytes], *, held: int, memory: int, seconds: float, render: bool = False
) -> None:
    """The worker's loop: bytes in, facts out."""
    gc.disable()  # facts hold no circles; libraries' circles are looked for between documents
    _keep_memory()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides when to stop
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    quiet()
    from trust.pades import detached, reader  # noqa: PLC0415 - only workers load the parser
    from trust.pades.confinement import code, confine  # noqa: PLC0415

    if render:
        from trust.pades import rendering  # noqa: PLC0415 - PDFium too, where it is asked for
    confine(code())

    gc.freeze()
    since = 0
    while head := requests.read(ASK.size):
        kind, length = ASK.unpack(head)
        data = in_memory.seen(held, length)
        used = resource.getrusage(resource.RUSAGE_SELF)
        limit = int(used.ru_utime + used.ru_stime + seconds) + 1
        resource.setrlimit(resource.RLIMIT_CPU, (limit, resource.RLIM_INFINITY))
        try:
            facts = reader.read(data, held=held) if kind == DOCUMENT else detached.read(*unpack(bytes(data)))
            if render and kind == DOCUMENT:
                facts = rendering.noted(bytes(data), facts)
            answer = msgpack.encode(facts)
        except MemoryError:
            answer = _ended(kind, data, "reading_took_too_much_memory")
        except RecursionError:
            answer = _ended(kind, data, "structure_too_deep")
        except Exception:  # the promise of this module: every end is a fact
            answer = _ended(kind, data, "unreadable")
        answers.write(HEAD.pack(len(answer)) + answer)
        answers.flush()
        since += len(data) + LEAST
        if since > TIDY_AFTER:
            since = 0
            gc.collect()


def _ended(kind: bytes, data: Document, problem: str) -> bytes:
    return msgpack.encode(_nothing(data, problem) if kind == DOCUMENT else _no_signature(problem))


def _no_signature(problem: str) -> FileFacts:
    return FileFacts(sha256="", size=0, problem=problem, digest_only=True)


def _nothing(data: Document, problem: str) -> FileFacts:
    return FileFacts(sha256=hashlib.sha256(data).hexdigest(), size=len(data), problem=problem)
