"""A document to be sealed is read where no key is, and what the reader says is checked before it is built upon."""

import gc
from collections.abc import Iterator

import pytest
from msgspec import msgpack
from msgspec.structs import replace

from tests.fakes.sealing_world import plain_pdf
from trust.errors import DocumentRefused
from trust.pades import surveyor
from trust.pades.contained_survey import ContainedSurveyor, understood
from trust.pades.survey import Asked, Survey, objection
from trust.signing.placement import Box

PDF = plain_pdf()
ASKED = Asked()


@pytest.fixture(scope="module")
def contained() -> Iterator[ContainedSurveyor]:
    made = ContainedSurveyor()
    yield made
    made.close()


def test_what_is_surveyed_contained_is_what_is_surveyed_here(contained: ContainedSurveyor) -> None:
    assert contained.survey(PDF, ASKED) == surveyor.survey(PDF, ASKED)
    assert contained.admit(plain_pdf(3)) == 3


def test_what_cannot_be_sealed_is_refused_with_its_reason(contained: ContainedSurveyor) -> None:
    for data, reason in ((b"", "empty"), (b"text", "not_a_pdf"), (b"%PDF-1.7\nnothing", "unreadable")):
        with pytest.raises(DocumentRefused, match=reason):
            contained.survey(data, ASKED)
        with pytest.raises(DocumentRefused, match=reason):
            contained.admit(data)


def test_a_worker_that_takes_too_long_or_dies_is_replaced() -> None:
    impatient = ContainedSurveyor(seconds=0.0)
    with pytest.raises(DocumentRefused, match="reading_took_too_long"):
        impatient.survey(PDF, ASKED)
    impatient._seconds = 60.0
    assert impatient.survey(PDF, ASKED).pages == 1
    worker = impatient._idle.get()
    assert worker is not None
    worker._process.kill()
    worker._process.wait(5)
    impatient._idle.put(worker)
    assert impatient.survey(PDF, ASKED).pages == 1
    impatient.close()


def test_a_worker_that_nobody_wants_any_more_ends() -> None:
    forgotten = ContainedSurveyor()
    forgotten.admit(PDF)
    worker = forgotten._idle.get()
    assert worker is not None
    process = worker._process
    del forgotten, worker
    gc.collect()
    assert process.poll() is not None


@pytest.mark.parametrize(
    "answer",
    [
        msgpack.encode({"size": "7"}),
        msgpack.encode({"fields": ["1 0 R"]}),
        msgpack.encode({"page": {"place": [1, 0]}}),
        msgpack.encode({"root": [1, 0, 0]}),
        msgpack.encode({"claims": ["PDF/A" * 20]}),
        b"\x81\xa7problem\xa1\xff",  # text that is none
        b"\x82\xa1x" + b"\x91" * 100_000,  # deeper than anybody goes
        b"",
    ],
)
def test_an_answer_can_say_a_survey_and_nothing_else(answer: bytes) -> None:
    with pytest.raises(DocumentRefused, match="reading_crashed"):
        understood(answer)


GOOD = surveyor.survey(PDF, ASKED)
assert GOOD.page is not None
LIES: dict[str, Survey] = {
    "a number of another kind": replace(GOOD, size="7"),
    "an object beyond the end": replace(GOOD, root=(99, 0)),
    "a cross-reference elsewhere": replace(GOOD, start=GOOD.start - 1),
    "a stream that is a table": replace(GOOD, by_stream=True),
    "a catalogue that is none": replace(GOOD, catalogue={**GOOD.catalogue, "/Type": b"/Page"}),
    "a catalogue without pages": replace(GOOD, catalogue={"/Type": b"/Catalog"}),
    "a piece that ends its object": replace(GOOD, catalogue={**GOOD.catalogue, "/X": b"1 >> endobj 5 0 obj << /A 2"}),
    "a piece that is a comment": replace(GOOD, catalogue={**GOOD.catalogue, "/X": b"% 1"}),
    "a piece of two values": replace(GOOD, fields=(b"1 0 R 2 0 R",)),
    "a piece that is text": replace(GOOD, fields=("1 0 R",)),
    "a key that is more": replace(GOOD, catalogue={**GOOD.catalogue, "/A 1 /B": b"1"}),
    "another document": replace(GOOD, base=b"%PDF-1.7\n" + PDF),
    "no page": replace(GOOD, page=None),
    "a page of another size": replace(GOOD, page=replace(GOOD.page, shown=Box(0, 0, float("nan"), 1))),
    "a store of other things": replace(GOOD, store={"/Evil": ()}),
}


def test_an_honest_survey_is_taken() -> None:
    assert objection(GOOD, PDF, ASKED) is None


@pytest.mark.parametrize("lie", LIES)
def test_a_survey_that_lies_is_not_built_upon(lie: str) -> None:
    assert objection(LIES[lie], PDF, ASKED) == "reading_crashed"
