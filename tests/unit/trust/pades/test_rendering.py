"""What a file shows is compared between readings: as signed, as it is, and as who rebuilds it sees it."""

import io
from collections.abc import Callable
from random import Random
from typing import Any

import pikepdf
import pypdfium2
import pytest
from msgspec.structs import replace

from tests.attacks.documents import base, opened
from tests.attacks.saving import isa_content, isa_empty_xref
from tests.attacks.update import Update
from tests.fakes.sealing_world import plain_pdf
from trust.pades import reader, rendering
from trust.pades.contained import ContainedReader
from trust.validation.facts import Change, FileFacts
from trust.validation.judge import fold

pytestmark = pytest.mark.filterwarnings("ignore")


def believed(pdf: bytes, change: Change = Change.VALIDATION_DATA) -> FileFacts:
    """The facts as a reader would give them that had noticed nothing."""
    facts = reader.read(pdf)
    signatures = tuple(replace(one, change=change, changes=(), covers_file=False) for one in facts.signatures)
    return replace(facts, signatures=signatures, findings=())


@pytest.mark.parametrize("name", ["our seal, B-LTA", "approval, B-LTA", "form, P=2", "approval over object streams"])
def test_honest_files_look_the_same_in_every_reading(name: str) -> None:
    pdf = base(name)
    assert rendering.finding(pdf, reader.read(pdf)) == ""
    assert rendering.finding(pdf, believed(pdf)) == ""


@pytest.mark.parametrize("attack", [isa_content, isa_empty_xref])
def test_what_no_other_rule_had_noticed_is_seen(attack: Callable[[bytes, Random], bytes]) -> None:
    pdf = attack(base("approval, B-LTA"), Random(1))
    assert rendering.finding(pdf, believed(pdf)) == "rendered_differently"


def test_a_page_more_is_seen() -> None:
    pdf = base("approval, B-B")
    with opened(pdf) as found:
        page: Any = found.pages[0].obj
        parent = page.Parent.objgen[0]
        update = Update(pdf)
        kid = update.add(b"<< /Type /Page /Parent %d 0 R /MediaBox [0 0 100 100] >>" % parent)
        update.bodies[parent] = b"<< /Type /Pages /Count 2 /Kids [%d 0 R %d 0 R] >>" % (page.objgen[0], kid)
    assert rendering.finding(update.written(), believed(update.written())) == "rendered_differently"


def test_nothing_is_drawn_where_nothing_followed_and_all_was_well(monkeypatch: pytest.MonkeyPatch) -> None:
    pdf = base("approval, B-B")
    monkeypatch.setattr(rendering, "_compared", lambda *_: pytest.fail("something was drawn"))
    assert rendering.finding(pdf, reader.read(pdf)) == ""
    assert rendering.finding(plain_pdf(), reader.read(plain_pdf())) == ""


def test_what_is_beyond_the_bounds_is_said_not_to_be_compared() -> None:
    pdf = base("approval, B-LTA")
    facts = replace(reader.read(pdf), pages=rendering.MOST_PAGES + 1)
    assert rendering.noted(pdf, facts).findings[-1] == "rendering_not_compared"


def test_a_page_of_any_size_takes_as_many_pixels() -> None:
    with opened(plain_pdf()) as pdf:
        pdf.pages[0].obj["/MediaBox"] = pikepdf.Array([0, 0, 14400, 14400])
        out = io.BytesIO()
        pdf.save(out)
    width, height, _ = rendering._drawn(pypdfium2.PdfDocument(out.getvalue()), 0)
    assert max(width, height) <= rendering.SIDE + 1


def test_workers_compare_if_they_are_told_to() -> None:
    pdf = base("our seal, B-LTA")
    comparing = ContainedReader(render=True)
    try:
        facts = comparing.read(pdf)
    finally:
        comparing.close()
    assert (facts.problem, facts.findings) == ("", ())


def test_a_file_that_looks_different_is_not_passed() -> None:
    from tests.unit.trust.validation.test_sub_indications import GOOD  # noqa: PLC0415
    from trust.validation.verdict import passed  # noqa: PLC0415

    facts = FileFacts(sha256="", size=1, findings=("rendered_differently",))
    assert fold(facts, [(GOOD, passed())]).reason == "rendered_differently"
    assert fold(replace(facts, findings=("rendering_not_compared",)), [(GOOD, passed())]).passed
