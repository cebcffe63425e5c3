"""Ranges that overlap, reach back, leave out what others signed, or lie inside one another; and borrowed signatures.

The second signature is genuine: whoever makes it holds a certificate of a listed authority, and signs whatever bytes
the range names. Only where the range leads is wrong.
"""

import re
from collections.abc import Callable
from random import Random

import pikepdf

from tests.attacks.certified import drawing, list_field, page_with
from tests.attacks.documents import opened, saved, signer
from tests.attacks.parts import RANGE, page_numbers
from tests.attacks.update import Update, evil_stream
from tests.fakes.sealing_world import plain_pdf

ROOM = 12_000  # digits of a value
SPREAD = b"/ByteRange [%s]"
SPREAD_ROOM = 60
Spread = list[int]


def _ranges(pdf: bytes) -> list[Spread]:
    return [[int(number) for number in re.findall(rb"-?\d+", found)] for found in RANGE.findall(pdf)]


def _second(
    pdf: bytes,
    spread_of: Callable[[Spread, Spread], Spread],
    *,
    evil: bool = False,
    box: bytes = b"",
    filled: bool = True,
) -> bytes:
    """One more signature in an update of its own, over the ranges that come of the first's and of the honest ones."""
    first = _ranges(pdf)[-1]
    update = Update(pdf)
    blank = SPREAD % b"".ljust(SPREAD_ROOM - 13)
    number = update.add(
        b"<< /Type /Sig /Filter /Adobe.PPKLite /SubFilter /ETSI.CAdES.detached %s /Contents <%s> >>"
        % (blank, b"0" * ROOM)
    )
    _field(pdf, number, update, box)
    if evil:
        update.bodies[page_numbers(pdf)[1]] = evil_stream()
    whole = update.written()
    opening = whole.rindex(b"/Contents <" + b"0" * 64) + len(b"/Contents ")
    closing = opening + ROOM + 2
    spread = spread_of(first, [0, opening, closing, len(whole) - closing])
    told = SPREAD % b" ".join(b"%d" % each for each in spread)
    whole = whole.replace(blank, told.ljust(len(blank)))
    parts = zip(spread[::2], spread[1::2], strict=False)
    covered = b"".join(whole[max(start, 0) : max(start, 0) + max(length, 0)] for start, length in parts)
    value = (signer().message(covered).hex().encode() if filled else b"").ljust(ROOM, b"0")
    return whole[: opening + 1] + value + whole[closing - 1 :]


def _field(pdf: bytes, value: int, update: Update, box: bytes) -> None:
    """A field for the signature, listed in the form; shown nowhere unless there is a box."""
    look = b"/AP << /N %d 0 R >>" % drawing(update) if box else b""
    body = b"<< /FT /Sig /Type /Annot /Subtype /Widget /T (Second) /Rect %s /F 132 /V %d 0 R %s >>"
    field = update.add(body % (box or b"[0 0 0 0]", value, look))
    list_field(pdf, field, update)
    if box:
        page_with(pdf, field, update)


def honest(pdf: bytes) -> bytes:
    """The second covers everything but its own value."""
    return _second(pdf, lambda _, two: two)


def unfilled(pdf: bytes, box: bytes) -> bytes:
    """The second is a place that nobody signed in, with a mark."""
    return _second(pdf, lambda _, two: two, box=box, filled=False)


def gap_over_the_first(pdf: bytes, random: Random) -> bytes:
    """The second leaves out everything from the first's value to its own: the first's end, and what came after."""
    return _second(pdf, lambda one, two: [0, one[1] - random.randrange(2), two[2], two[3]], evil=True)


def gap_over_the_update(pdf: bytes, random: Random) -> bytes:
    """The second signs what the first signed, and its own end; not what was put between."""
    return _second(pdf, lambda one, two: [0, one[2] + one[3], two[2], two[3]], evil=random.random() < 0.5)


def reaching_back(pdf: bytes, random: Random) -> bytes:
    """The second part begins before the first one ends."""
    back = random.randint(1, 500)
    return _second(pdf, lambda _, two: [0, two[1], two[1] - back, two[3]], evil=random.random() < 0.5)


def same_gap(pdf: bytes, random: Random) -> bytes:
    """The second has the first's range, to the first's end or its own."""
    further = random.random() < 0.5
    return _second(
        pdf, lambda one, two: [*one[:3], two[2] + two[3] - one[2] if further else one[3]], evil=random.random() < 0.5
    )


def ending_early(pdf: bytes, random: Random) -> bytes:
    """What the second covers ends before its own cross-reference does."""
    less = random.randint(8, 60)
    return _second(pdf, lambda _, two: [*two[:3], two[3] - less], evil=random.random() < 0.5)


def beginning_late(pdf: bytes, random: Random) -> bytes:
    """The second leaves out the beginning of the file, or all that the first signed."""
    whole = random.random() < 0.5
    return _second(
        pdf,
        lambda one, two: [start := one[2] + one[3] if whole else random.randint(1, 99), two[1] - start, *two[2:]],
        evil=True,
    )


def in_three_parts(pdf: bytes, random: Random) -> bytes:
    """Six numbers, so that two values are left out; readers that take four see another range."""
    return _second(
        pdf, lambda one, two: [0, one[1], one[2], two[1] - one[2], two[2], two[3]], evil=random.random() < 0.5
    )


def negative(pdf: bytes, random: Random) -> bytes:
    """A number below nothing, which some readers wrap round."""
    place = random.randrange(1, 4)
    return _second(pdf, lambda _, two: [-each if index == place else each for index, each in enumerate(two)])


def nested_in_the_gap(pdf: bytes, random: Random) -> bytes:
    """A whole signature inside the value of the first: its gap holds another dictionary with a value of its own."""
    start, opening, closing, rest = _ranges(pdf)[0]
    value = pdf[opening:closing]
    used = len(value.rstrip(b"0>"))
    used += used % 2 == 0  # whole octets, and the bracket
    inner = b"> /Other << /Type /Sig /ByteRange [%d %d %d %d] /Contents <" % (start, opening, closing, rest)
    other = signer().message(pdf[:opening] + pdf[closing:]).hex().encode()
    room = len(value) - used - len(inner) - 1
    told = (other if len(other) <= room else other[:room]).ljust(room, b"0") if room > 0 else b""
    filled = value[:used] + inner + told + b">"
    return pdf[:opening] + filled[: len(value) - 1] + b">" + pdf[closing:]


def borrowed(pdf: bytes, random: Random) -> bytes:
    """Another document behind the signed one, chained to nothing, whose form lists the signature all the same."""
    with opened(pdf) as found:
        fields = b" ".join(item.unparse() for item in found.Root.AcroForm.Fields)
    update = Update(pdf)
    kept = {number: offset for number, (kind, offset, _) in update.layout.entries().items() if kind == 1}
    root = update.layout.size
    update.add(b"<< /Type /Catalog /Pages %d 0 R /AcroForm << /SigFlags 3 /Fields [%s] >> >>" % (root + 1, fields))
    update.add(b"<< /Type /Pages /Count 1 /Kids [%d 0 R] >>" % (root + 2))
    update.add(b"<< /Type /Page /Parent %d 0 R /MediaBox [0 0 595 842] /Contents %d 0 R >>" % (root + 1, root + 3))
    update.add(evil_stream())
    trailer = b"trailer\n<< /Size %d /Root %d 0 R >>\n" % (root + 4, root)
    return update.written(listed=kept, trailer=trailer, before=random.choice((b"", b"%PDF-1.7\n")))


def embedded(pdf: bytes, random: Random) -> bytes:
    """The signed document as an attachment of another, which has no signature of its own."""
    with opened(plain_pdf(random.randint(1, 2))) as outer:
        outer.attachments["signed.pdf"] = pikepdf.AttachedFileSpec(outer, pdf, mime_type="application/pdf")  # type: ignore[call-arg]  # its stub asks for all
        packed = pikepdf.StreamDecodeLevel.none if random.random() < 0.5 else pikepdf.StreamDecodeLevel.all
        return saved(outer, compress_streams=random.random() < 0.5, stream_decode_level=packed)
