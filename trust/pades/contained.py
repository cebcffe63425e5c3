"""Reads foreign PDFs in processes of their own, with limits on time and memory; every end of it is a fact.

Workers are kept: starting one costs half a second, reading a file some milliseconds. One that outlives its time
or dies is replaced. It is a fresh interpreter, not a fork: no private key is ever in its memory; and what it
answers is only read as facts, so that a worker that was taken over can say nothing else. A document is handed over as
memory, not through a pipe: a worker copies it once, and nobody waits for a buffer to empty.
"""

import contextlib
import gc
import hashlib
import io
import os
import pickle
import queue
import resource
import selectors
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import IO

from cryptography.utils import CryptographyDeprecationWarning

from trust.pades.digest_request import pack, unpack
from trust.validation.facts import FileFacts

MEMORY = 3 * 1024**3  # address space; qpdf and Python together stay far below for honest files
SECONDS = 60.0
LARGEST = 512 * 1024 * 1024
LARGEST_ANSWER = 256 * 1024 * 1024
HEAD = struct.Struct(">Q")
ASK = struct.Struct(">cQ")
DOCUMENT, DETACHED = b"D", b"S"  # a whole file, or a signature with digests
LEAST = 256 * 1024  # what a document counts for, however small
TIDY_AFTER = 64 * 1024 * 1024  # bytes read, until a worker looks for what can be thrown away
ROOT = Path(__file__).resolve().parents[2]
START = f"import sys; sys.path.insert(0, {str(ROOT)!r}); from trust.pades.contained import serve; serve"

# all that an answer is made of
SPOKEN = {
    ("trust.validation.facts", name) for name in ("FileFacts", "SignatureFacts", "CmsFacts", "StampFacts", "Change")
} | {("datetime", "datetime"), ("datetime", "timezone"), ("datetime", "timedelta"), ("copyreg", "_reconstructor")}


class ContainedReader:
    """Satisfies the DocumentReader port with a few workers; for threads."""

    def __init__(self, *, workers: int = 1, seconds: float = SECONDS, memory: int = MEMORY) -> None:
        self._seconds, self._memory = seconds, memory
        self._idle: queue.LifoQueue[_Worker | None] = queue.LifoQueue()
        for _ in range(workers):
            self._idle.put(None)

    def read(self, data: bytes) -> FileFacts:
        """The facts; a problem says how the reading ended, if it did not end well."""
        answer = self._ask(DOCUMENT, data) if len(data) <= LARGEST else "too_large"
        return answer if isinstance(answer, FileFacts) else _nothing(data, answer)

    def read_detached(self, message: bytes, digests: Mapping[str, bytes]) -> FileFacts:
        """The facts about a signature without its document."""
        answer = self._ask(DETACHED, pack(message, digests)) if len(message) <= LARGEST else "too_large"
        return answer if isinstance(answer, FileFacts) else _no_signature(answer)

    def _ask(self, kind: bytes, data: bytes) -> "FileFacts | str":
        worker = self._idle.get()
        keep: _Worker | None = None
        try:
            if worker is None or not worker.alive:
                worker = _Worker(self._memory, self._seconds)
            answer = worker.ask(kind, data, self._seconds)
            if isinstance(answer, FileFacts):
                keep = worker
            return answer
        finally:
            if keep is None and worker is not None:
                worker.stop()
            self._idle.put(keep)

    def close(self) -> None:
        """Stop the workers."""
        while not self._idle.empty():
            worker = self._idle.get_nowait()
            if worker is not None:
                worker.stop()


class _Worker:
    def __init__(self, memory: int, seconds: float) -> None:
        self._questions, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
                [sys.executable, "-I", "-c", f"{START}({memory}, {seconds})"],
                stdin=theirs.fileno(),
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,  # what a foreign file makes a library say is nobody's log
                env={},
            )

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def ask(self, kind: bytes, data: bytes, seconds: float) -> "FileFacts | str":
        assert self._process.stdout is not None
        try:
            _hand_over(self._questions, kind, data)
            answer = _read_until(self._process.stdout, time.monotonic() + seconds)
        except TimeoutError:
            return "reading_took_too_long"
        except (EOFError, OSError):
            return "reading_crashed"
        try:
            facts = _FactsOnly(io.BytesIO(answer)).load()
        except Exception:  # a worker that was taken over may say anything
            return "reading_crashed"
        return facts if isinstance(facts, FileFacts) else "reading_crashed"

    def stop(self) -> None:
        self._process.kill()
        self._process.wait(5)
        self._questions.close()
        if self._process.stdout is not None:
            self._process.stdout.close()


def _hand_over(questions: socket.socket, kind: bytes, data: bytes) -> None:
    """Put a question to a worker; the data goes as a file that is nowhere but in memory (Linux) or has no name."""
    with contextlib.ExitStack() as stack:
        if hasattr(os, "memfd_create"):
            held = os.memfd_create("document")
            stack.callback(os.close, held)
        else:
            held = stack.enter_context(tempfile.TemporaryFile()).fileno()
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(held, rest) :]
        socket.send_fds(questions, [ASK.pack(kind, len(data))], [held])


def _taken(questions: socket.socket) -> tuple[bytes, bytes] | None:
    """The next question, or None when nobody asks any more."""
    head, held, _, _ = socket.recv_fds(questions, ASK.size, 1)
    if not head:
        return None
    kind, length = ASK.unpack(head)
    with os.fdopen(held[0], "rb", buffering=0) as handed:
        handed.seek(0)
        data = handed.read(length) if length else b""
        while len(data) < length and (more := handed.read(length - len(data))):
            data += more
    return kind, data


class _FactsOnly(pickle.Unpickler):
    """Reads facts and nothing else."""

    def find_class(self, module_name: str, global_name: str) -> object:
        """A class of the facts; anything else is refused."""
        if (module_name, global_name) not in SPOKEN:
            raise pickle.UnpicklingError
        return super().find_class(module_name, global_name)


def _read_until(pipe: IO[bytes], deadline: float) -> bytes:
    """One answer, or TimeoutError, or EOFError."""
    descriptor = pipe.fileno()
    received = bytearray()
    wanted = HEAD.size
    with selectors.DefaultSelector() as selector:
        selector.register(descriptor, selectors.EVENT_READ)
        while len(received) < wanted:
            left = deadline - time.monotonic()
            if left <= 0 or not selector.select(left):
                raise TimeoutError
            # past the pipe object's buffer, which select cannot see
            chunk = os.read(descriptor, min(wanted - len(received), 1 << 20))
            if not chunk:
                raise EOFError
            received += chunk
            if wanted == HEAD.size and len(received) == HEAD.size:
                wanted += int(HEAD.unpack(received)[0])
                if wanted > LARGEST_ANSWER:
                    raise EOFError
    return bytes(received[HEAD.size :])


def quiet() -> None:
    """Foreign certificates break rules of which the library warns on stderr; verdicts say what matters."""
    warnings.filterwarnings("ignore", category=CryptographyDeprecationWarning)


def serve(memory: int, seconds: float) -> None:
    """The worker's loop: bytes in, facts out."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides when to stop
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    quiet()
    from trust.pades import detached, reader  # noqa: PLC0415 - only workers load the parser

    gc.disable()  # facts hold no circles; libraries' circles are looked for between documents
    gc.freeze()
    since = 0
    questions = socket.socket(fileno=sys.stdin.fileno())
    while question := _taken(questions):
        kind, data = question
        used = resource.getrusage(resource.RUSAGE_SELF)
        limit = int(used.ru_utime + used.ru_stime + seconds) + 1
        resource.setrlimit(resource.RLIMIT_CPU, (limit, resource.RLIM_INFINITY))
        try:
            facts = reader.read(data) if kind == DOCUMENT else detached.read(*unpack(data))
        except MemoryError:
            facts = _ended(kind, data, "reading_took_too_much_memory")
        except RecursionError:
            facts = _ended(kind, data, "structure_too_deep")
        except Exception:  # the promise of this module: every end is a fact
            facts = _ended(kind, data, "unreadable")
        answer = pickle.dumps(facts)
        sys.stdout.buffer.write(HEAD.pack(len(answer)) + answer)
        sys.stdout.buffer.flush()
        since += len(data) + LEAST
        if since > TIDY_AFTER:
            since = 0
            gc.collect()


def _ended(kind: bytes, data: bytes, problem: str) -> FileFacts:
    return _nothing(data, problem) if kind == DOCUMENT else _no_signature(problem)


def _no_signature(problem: str) -> FileFacts:
    return FileFacts(sha256="", size=0, problem=problem, digest_only=True)


def _nothing(data: bytes, problem: str) -> FileFacts:
    return FileFacts(sha256=hashlib.sha256(data).hexdigest(), size=len(data), problem=problem)
