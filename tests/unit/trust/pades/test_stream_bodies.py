"""Streams are passed over only where no cross-reference leads into them."""

import io

import pikepdf
import pytest

from tests.attacks.documents import world
from tests.fakes.sealing_world import plain_pdf
from trust.pades import reader
from trust.pades.increment import Increment
from trust.pades.stream_bodies import bodies
from trust.pades.xref import read
from trust.signing.profile import Level
from trust.validation.facts import Change

PICTURE = bytes(range(256)) * 400


def with_picture(content: bytes = PICTURE, **entries: object) -> bytes:
    with pikepdf.open(io.BytesIO(plain_pdf())) as pdf:
        picture = pdf.make_indirect(pdf.make_stream(content, **entries))
        pdf.pages[0].obj["/Picture"] = picture
        out = io.BytesIO()
        pdf.save(out, compress_streams=False)
        return out.getvalue()


def test_a_picture_is_passed_over() -> None:
    pdf = with_picture()
    [(begin, end)] = bodies(pdf, read(pdf))
    assert pdf[begin:end] == PICTURE


def test_an_object_stream_is_not() -> None:
    pdf = with_picture(Type=pikepdf.Name.ObjStm)
    assert bodies(pdf, read(pdf)) == []


def test_a_stream_is_not_into_which_an_entry_points() -> None:
    inner = PICTURE[:50_000] + b"\n77 0 obj\n<< /Over 99 0 R >>\nendobj\n" + PICTURE
    pdf = with_picture(inner)
    assert len(bodies(pdf, read(pdf))) == 1
    pointing = pdf.replace(b"%010d" % read(pdf).entries()[1][1], b"%010d" % pdf.index(b"77 0 obj"))
    assert bodies(pointing, read(pointing)) == []


@pytest.mark.parametrize("length", [b"100", b"9999999", b"1 0 R"])
def test_a_stream_whose_length_does_not_hold_is_not(length: bytes) -> None:
    pdf = with_picture()
    told = b"/Length %d" % len(PICTURE)
    assert told in pdf
    other = pdf.replace(told, (b"/Length " + length).ljust(len(told)))
    assert bodies(other, read(other)) == []


def test_many_objects_are_simply_gone_through() -> None:
    pdf = plain_pdf(300)
    assert bodies(pdf, read(pdf)) == []


def test_a_hole_beside_a_picture_is_noticed_when_it_is_filled() -> None:
    with pikepdf.open(io.BytesIO(with_picture())) as opened:
        opened.pages[0].obj["/Over"] = pikepdf.Name("/QQQQQ")
        out = io.BytesIO()
        opened.save(out, compress_streams=False)
    sealed = world().seal_at(Level.B, out.getvalue().replace(b"/QQQQQ", b"99 0 R"))
    assert bodies(sealed, read(sealed))
    update = Increment(read(sealed))
    update.put(99, b"<< /Length 4 >>\nstream\nq Q \nendstream")
    [signature] = reader.read(bytes(update.append_to(sealed).pdf)).signatures
    assert (signature.change, "missing_object_supplied" in signature.changes) == (Change.OTHER, True)
