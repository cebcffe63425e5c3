"""Surveys foreign PDFs in processes of their own: without keys, files or network, with limits on time and memory.

A worker is a fresh interpreter, kept for many documents and replaced when it fails. What it answers is read as a
survey and as nothing else, and is checked before anything is built upon it (trust/pades/survey.py).
"""

import json
import os
import queue
import resource
import selectors
import signal
import struct
import subprocess
import sys
import time
import weakref
from pathlib import Path
from typing import IO

from msgspec import msgpack
from msgspec.structs import asdict

from trust.documents.intake import LARGEST
from trust.errors import DocumentRefused
from trust.pades.survey import Asked, Survey, is_plain, objection

MEMORY = 3 * 1024**3
SECONDS = 60.0
LARGEST_ANSWER = LARGEST + 64 * 1024 * 1024
MOST_DOCUMENTS = 2000  # then a worker is replaced
HEAD = struct.Struct(">II")
ROOT = Path(__file__).resolve().parents[2]
START = f"import sys; sys.path.insert(0, {str(ROOT)!r}); from trust.pades.contained_survey import serve; serve"

SURVEY = msgpack.Decoder(Survey)  # an answer is a survey, each part of its type, or it is none


class ContainedSurveyor:
    """Satisfies the Surveyor port with a few workers; for threads."""

    def __init__(self, *, workers: int = 1, seconds: float = SECONDS, memory: int = MEMORY) -> None:
        self._seconds, self._memory = seconds, memory
        self._idle: queue.LifoQueue[_Worker | None] = queue.LifoQueue()
        for _ in range(workers):
            self._idle.put(None)

    def survey(self, pdf: bytes, asked: Asked) -> Survey:
        """What is to be known of the document, checked. Raises DocumentRefused."""
        found = self._ask(pdf, {"survey": asdict(asked)})
        if problem := found.problem or objection(found, pdf, asked):
            raise DocumentRefused(problem)
        return found

    def admit(self, pdf: bytes) -> int:
        """How many pages a document has that may be sealed. Raises DocumentRefused."""
        found = self._ask(pdf, {})
        if found.problem:
            raise DocumentRefused(found.problem)
        return found.pages

    def close(self) -> None:
        """Stop the workers."""
        while not self._idle.empty():
            worker = self._idle.get_nowait()
            if worker is not None:
                worker.stop()

    def _ask(self, pdf: bytes, question: dict[str, object]) -> Survey:
        if len(pdf) > LARGEST:
            raise DocumentRefused("too_large")
        worker = self._idle.get()
        keep: _Worker | None = None
        try:
            if worker is None or not worker.alive:
                worker = _Worker(self._memory, self._seconds)
            answer = worker.ask(pdf, json.dumps(question).encode(), self._seconds)
            if worker.asked < MOST_DOCUMENTS:
                keep = worker
            return answer
        finally:
            if keep is None and worker is not None:
                worker.stop()
            self._idle.put(keep)


class _Worker:
    def __init__(self, memory: int, seconds: float) -> None:
        self.asked = 0
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            [sys.executable, "-I", "-c", f"{START}({memory}, {seconds})"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # what a foreign file makes a library say is nobody's log
            env={},
        )
        # nobody need remember to stop it: Python keeps the pipes of a process open that it has forgotten
        self.stop = weakref.finalize(self, _end, self._process)

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def ask(self, pdf: bytes, question: bytes, seconds: float) -> Survey:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self.asked += 1
        try:
            self._process.stdin.write(HEAD.pack(len(question), len(pdf)) + question)
            self._process.stdin.write(pdf)
            self._process.stdin.flush()
            answer = _read_until(self._process.stdout, time.monotonic() + seconds)
        except TimeoutError:
            raise DocumentRefused("reading_took_too_long") from None
        except (EOFError, OSError):
            raise DocumentRefused("reading_crashed") from None
        return understood(answer)


def _end(process: "subprocess.Popen[bytes]") -> None:
    process.kill()
    process.wait(5)
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            try:
                pipe.close()
            except OSError:  # what could not be written any more
                continue


def understood(answer: bytes) -> Survey:
    """The survey that a worker told. Raises DocumentRefused where it told none."""
    try:
        found = SURVEY.decode(answer)
    except Exception:  # a worker that was taken over may say anything; not every refusal is a DecodeError
        raise DocumentRefused("reading_crashed") from None
    if not is_plain(found):
        raise DocumentRefused("reading_crashed")
    return found


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
                wanted += int(HEAD.unpack(received)[1])
                if wanted > LARGEST_ANSWER:
                    raise EOFError
    return bytes(received[HEAD.size :])


def serve(memory: int, seconds: float) -> None:
    """The worker's loop: a question and a document in, a survey out."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides when to stop
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    from trust.pades import surveyor  # noqa: PLC0415 - only workers load the parser
    from trust.pades.confinement import confine  # noqa: PLC0415

    surveyor.rehearse()  # whatever the libraries load late is loaded before the doors close
    confine()
    while head := sys.stdin.buffer.read(HEAD.size):
        asked, size = HEAD.unpack(head)
        question = json.loads(sys.stdin.buffer.read(asked))
        pdf = sys.stdin.buffer.read(size)
        used = resource.getrusage(resource.RUSAGE_SELF)
        limit = int(used.ru_utime + used.ru_stime + seconds) + 1
        resource.setrlimit(resource.RLIMIT_CPU, (limit, resource.RLIM_INFINITY))
        try:
            found = surveyor.survey(pdf, Asked(**question["survey"])) if question else surveyor.admit(pdf)
            answer = msgpack.encode(found)
        except MemoryError:
            answer = msgpack.encode(Survey(problem="reading_took_too_much_memory"))
        except RecursionError:
            answer = msgpack.encode(Survey(problem="structure_too_deep"))
        except Exception:  # the promise of this module: every end is an answer
            answer = msgpack.encode(Survey(problem="unreadable"))
        sys.stdout.buffer.write(HEAD.pack(0, len(answer)) + answer)
        sys.stdout.buffer.flush()
