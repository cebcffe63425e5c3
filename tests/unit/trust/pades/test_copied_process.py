"""A copied process serves over its pipes, keeps nothing else open, and ends when it is told to."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import pytest

from tests.fakes.sealing_world import plain_pdf
from trust.pades.copied_process import HELD, CopiedProcess

ROOT = Path(__file__).resolve().parents[4]
READ_AS_A_COPY = """
import sys, threading
from pathlib import Path
from trust.pades.contained import ContainedReader
if sys.argv[2] == "busy":
    threading.Thread(target=threading.Event().wait, daemon=True).start()
reader = ContainedReader(workers=2)
reader.start(as_copies=True)
kinds = {type(worker._process).__name__ for worker in reader._idle.queue}
print(reader.read(Path(sys.argv[1]).read_bytes()).problem or "read", *kinds)
reader.close()
"""


def serve(requests: IO[bytes], answers: IO[bytes]) -> None:
    while line := requests.readline():
        if line == b"open\n":
            told = " ".join(sorted(each.name for each in Path("/proc/self/fd").iterdir() if is_open(each.name)))
        else:
            told = os.pread(HELD, 100, 0).decode()
        answers.write(told.encode() + b"\n")
        answers.flush()


def is_open(descriptor: str) -> bool:
    """Whether it is not just the one that the listing itself took."""
    try:
        os.fstat(int(descriptor))
    except OSError:
        return False
    return True


@pytest.fixture
def copied() -> Iterator[CopiedProcess]:
    with tempfile.TemporaryFile() as held, tempfile.TemporaryFile():
        held.write(b"held")
        held.flush()
        made = CopiedProcess(serve, held=held.fileno())
        yield made
        made.kill()
        made.wait(5)
        made.stdin.close()
        made.stdout.close()


def ask(copied: CopiedProcess, request: bytes) -> str:
    copied.stdin.write(request + b"\n")
    copied.stdin.flush()
    return copied.stdout.readline().decode().strip()


def test_it_reads_what_it_was_handed_and_has_nothing_else_open(copied: CopiedProcess) -> None:
    assert ask(copied, b"held") == "held"
    assert ask(copied, b"open") == "0 1 2 3"


def test_it_ends_when_it_is_told_to(copied: CopiedProcess) -> None:
    assert copied.poll() is None
    copied.kill()
    copied.wait(5)
    assert copied.poll() == 0
    copied.kill()  # a second time harms nobody


@pytest.mark.parametrize(("company", "kind"), [("alone", "CopiedProcess"), ("busy", "Popen")])
def test_who_is_alone_in_its_process_is_copied_and_who_is_not_starts_afresh(
    company: str, kind: str, tmp_path: Path
) -> None:
    (tmp_path / "in.pdf").write_bytes(plain_pdf())
    done = subprocess.run(
        [sys.executable, "-c", READ_AS_A_COPY, str(tmp_path / "in.pdf"), company],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert done.stdout.split() == ["read", kind]
