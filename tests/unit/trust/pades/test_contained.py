"""However reading a foreign file ends, there are facts, and the next file is read."""

import gc
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from msgspec import msgpack

from tests.fakes.sealing_world import SealingWorld, plain_pdf
from trust.errors import ReadersBusy
from trust.pades import reader
from trust.pades.contained import ContainedReader, understood


@pytest.fixture
def contained() -> Iterator[ContainedReader]:
    made = ContainedReader()
    yield made
    made.close()


def test_what_is_read_contained_is_what_is_read_here(contained: ContainedReader, tmp_path: Path) -> None:
    sealed = SealingWorld.open(tmp_path).seal(plain_pdf()).content
    assert contained.read(sealed) == reader.read(sealed)


def test_a_worker_that_takes_too_long_is_replaced() -> None:
    impatient = ContainedReader(seconds=0.0)
    assert impatient.read(plain_pdf()).problem == "reading_took_too_long"
    impatient._seconds = 60.0
    assert impatient.read(plain_pdf()).problem == ""
    impatient.close()


def test_a_worker_that_dies_is_replaced(contained: ContainedReader) -> None:
    contained.read(plain_pdf())
    worker = contained._idle.get()
    assert worker is not None
    worker._process.kill()
    worker._process.wait(5)
    contained._idle.put(worker)
    assert contained.read(plain_pdf()).problem == ""


def test_too_little_memory_is_a_fact() -> None:
    poor = ContainedReader(memory=150 * 1024 * 1024)
    assert poor.read(plain_pdf() + bytes(120 * 1024 * 1024)).problem in (
        "reading_took_too_much_memory",
        "reading_crashed",
    )
    poor.close()


@pytest.mark.parametrize(
    "answer",
    [
        msgpack.encode({"sha256": "", "size": "7"}),
        msgpack.encode({"sha256": ""}),
        msgpack.encode({"sha256": "", "size": 1, "certificates": ["not bytes"]}),
        msgpack.encode({"sha256": "", "size": 1, "signatures": [{"field_name": "Seal", "change": 8}]}),
        msgpack.encode({"sha256": "", "size": 1, "signatures": [{"field_name": "S", "claimed_at": "yesterday"}]}),
        b"\x81\xa6sha256\xa1\xff",  # text that is none
        b"\x82\xa1x" + b"\x91" * 100_000,  # deeper than anybody goes
        b"\x81\xaasignatures\xdd\xff\xff\xff\xff",  # more of them than there is memory
        b"",
    ],
)
def test_an_answer_can_say_facts_and_nothing_else(answer: bytes) -> None:
    assert understood(answer) == "reading_crashed"


def test_who_finds_too_long_a_line_is_told_at_once_and_holds_nobody_up() -> None:
    reader = ContainedReader(workers=1, in_line=1)
    slow = threading.Event()

    class Slow:
        alive = True

        def ask(self, *_: object) -> str:
            assert slow.wait(30)
            return "reading_took_too_long"

        def stop(self) -> None: ...

    reader._idle.get()
    reader._idle.put(Slow())  # type: ignore[arg-type]
    with ThreadPoolExecutor(2) as pool:
        inside = [pool.submit(reader.read, b"%PDF-") for _ in range(2)]  # one is read, one waits
        while reader._places._value:
            time.sleep(0.01)
        with pytest.raises(ReadersBusy, match="reading_busy"):
            reader.read(b"%PDF-")
        slow.set()
        assert inside[0].result().problem
        assert inside[1].result().problem
    reader.close()


def test_a_reader_that_is_forgotten_takes_its_workers_along() -> None:
    reader = ContainedReader()
    reader.start()
    worker = reader._idle.get()
    assert worker is not None
    process = worker._process
    assert process.poll() is None
    del worker, reader
    gc.collect()
    assert process.poll() is not None
