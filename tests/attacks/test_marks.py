"""A field and its widget may be two objects (ISO 32000-2 §12.7.4.1): whose mark it is, the field says."""

import pikepdf
import pytest

from tests.attacks.certified import drawing
from tests.attacks.documents import opened, saved, signer, world
from tests.attacks.update import Update
from tests.fakes.sealing_world import plain_pdf

pytestmark = pytest.mark.filterwarnings("ignore")


def with_a_place() -> bytes:
    """A page with an unsigned field whose widget is another object, and has its look already."""
    with opened(plain_pdf()) as pdf:
        look = pdf.make_stream(b"0 0 90 40 re s", Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Form)
        look["/BBox"] = pikepdf.Array([0, 0, 100, 50])
        field = pdf.make_indirect(pikepdf.Dictionary(FT=pikepdf.Name.Sig, T="Signature1"))
        widget = pdf.make_indirect(
            pikepdf.Dictionary(
                Type=pikepdf.Name.Annot,
                Subtype=pikepdf.Name.Widget,
                Rect=pikepdf.Array([300, 40, 400, 90]),
                F=4,
                Parent=field,
                AP=pikepdf.Dictionary(N=look),
            )
        )
        field["/Kids"] = pikepdf.Array([widget])
        pdf.pages[0].obj["/Annots"] = pikepdf.Array([widget])
        form = pikepdf.Dictionary(Fields=pikepdf.Array([field]), SigFlags=3)
        pdf.Root["/AcroForm"] = pdf.make_indirect(form)
        return saved(pdf)


def another_look(pdf: bytes) -> bytes:
    with opened(pdf) as found:
        widget = found.Root.AcroForm.Fields[0].Kids[0]
        number, kept = widget.objgen[0], {key: value for key, value in widget.items() if key != "/AP"}
        text = pikepdf.Dictionary(kept).unparse()[:-2]
    update = Update(pdf)
    update.bodies[number] = text + b"/AP << /N %d 0 R >> >>" % drawing(update)
    return update.written()


def verdict(pdf: bytes) -> tuple[str, str]:
    told = world().verify(pdf).verdict
    return str(told.indication), told.reason


@pytest.mark.parametrize("certify", [0, 2, 3])
def test_the_look_of_a_signature_may_not_change_wherever_its_widget_stands(certify: int) -> None:
    signed = signer().sign(with_a_place(), certify=certify)
    assert verdict(signed) == ("PASSED", "valid")
    assert verdict(another_look(signed)) == ("FAILED", "modified_after_signing")


def test_a_place_with_a_widget_of_its_own_may_be_signed_in_later() -> None:
    first = signer().sign(with_a_place(), name="Other")
    assert verdict(signer().sign(first, name="Signature1")) == ("PASSED", "valid")


def test_a_place_that_gets_another_look_and_no_signature_is_no_place_any_more() -> None:
    first = signer().sign(with_a_place(), name="Other")
    assert verdict(another_look(first)) == ("FAILED", "annotated_after_signing")
