"""Marks that look like a signature and are none: everybody can add one, and viewers draw it (SSA)."""

from random import Random

import pikepdf

from tests.attacks.certified import drawing, list_field, page_with
from tests.attacks.documents import opened
from tests.attacks.overlapping import unfilled
from tests.attacks.update import Update

BOX = b"[300 40 550 140]"  # beside everything that is written there


def _signature(pdf: bytes) -> tuple[int, int, bytes]:
    """The numbers of the first signature's field and value, and the value as it is written."""
    with opened(pdf) as found:
        fields = list(found.Root.AcroForm.Fields)
        item = next(each for each in fields if isinstance(each.get("/V"), pikepdf.Dictionary))
        return item.objgen[0], item.V.objgen[0], item.V.unparse(resolved=True)


def _marked(pdf: bytes, update: Update, entries: bytes, *, listed: bool = False, box: bytes = BOX) -> bytes:
    body = b"<< /Type /Annot /Subtype /Widget /F 4 /Rect %s /AP << /N %d 0 R >> %s >>"
    number = update.add(body % (box, drawing(update), entries))
    if listed:
        list_field(pdf, number, update)
    return page_with(pdf, number, update)


def widget_of_a_signature(pdf: bytes, random: Random) -> bytes:
    """One more widget that calls the field of a signature its parent."""
    return _marked(pdf, Update(pdf), b"/Parent %d 0 R" % _signature(pdf)[0], listed=random.random() < 0.5)


def field_for_a_signature(pdf: bytes, random: Random) -> bytes:
    """One more field, whose value is the signature that another has."""
    return _marked(pdf, Update(pdf), b"/FT /Sig /T (Q) /V %d 0 R" % _signature(pdf)[1], listed=random.random() < 0.5)


def copied_signature(pdf: bytes, random: Random) -> bytes:
    """One more field with a copy of a signature, range and value."""
    return _marked(pdf, Update(pdf), b"/FT /Sig /T (Q) /V %s" % _signature(pdf)[2], listed=random.random() < 0.5)


def odd_box(pdf: bytes, random: Random) -> bytes:
    """A mark without a signature, in a box that one reader refuses and another draws."""
    box = random.choice((b"[300 40 550 140 0]", b"[300 40 550 140 null]", b"[(300) 40 550 140]"))
    return _marked(pdf, Update(pdf), b"/FT /Sig /T (Q)", listed=random.random() < 0.5, box=box)


def unfilled_signature(pdf: bytes, _: Random) -> bytes:
    """A signature that is well placed, and has nothing but zeros for a value; its mark is there."""
    return unfilled(pdf, BOX)
