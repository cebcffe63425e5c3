"""Signature wrapping, and content that was hidden when it was signed."""

from random import Random

import pikepdf

from tests.attacks.documents import opened
from tests.attacks.parts import SPACES, last_range, numbers, page_numbers, put
from tests.attacks.update import Update, evil_stream


def swa_in_gap(pdf: bytes, random: Random) -> bytes:
    """Another byte range and other objects inside the gap; the second signed part moved to the end."""
    _, first, second, length = numbers(pdf)
    value = pdf[first:second]
    evil = b"%d 0 obj\n%s\nendobj\n" % (page_numbers(pdf)[1], evil_stream())
    moved = second + 60 + len(evil)
    extra = b" /ByteRange [0 %d %d %d] " % (first, moved, length)
    gap = value + extra.ljust(60) + evil
    return pdf[:first] + gap + pdf[second:] + (b"" if random.random() < 0.5 else b"\n")


def swa_range(pdf: bytes, random: Random) -> bytes:
    """The range rewritten, so that more is left out than the value."""
    _, first, second, length = numbers(pdf)
    how = random.choice(["shorter", "longer gap", "earlier", "overlapping", "beyond", "start"])
    spread = {
        "shorter": [0, first, second, length - random.randint(1, 60)],
        "longer gap": [0, first - random.randint(1, 20), second + 1, length - 1],
        "earlier": [0, first - 5, second - 5, length],
        "overlapping": [0, second, first, length],
        "beyond": [0, first, second, length + random.randint(1, 9000)],
        "start": [random.randint(1, 9), first, second, length],
    }[how]
    return put(pdf, last_range(pdf), b"/ByteRange [%d %d %d %d]" % tuple(spread))


def swa_other_object(pdf: bytes, random: Random) -> bytes:
    """The signature dictionary written again at the end, with a range of the attacker's over the signed bytes."""
    start, first, second, length = numbers(pdf)
    with opened(pdf) as found:
        form = found.Root.AcroForm
        item = next(item.V for item in form.Fields if isinstance(item.get("/V"), pikepdf.Dictionary))
        entries = {key: value for key, value in item.items() if key not in ("/Contents", "/ByteRange")}
        text = pikepdf.Dictionary(entries).unparse()[2:-2]
        number, value = item.objgen[0], bytes(item.Contents).hex().encode()
    update = Update(pdf, {page_numbers(pdf)[1]: evil_stream()})
    spread = b"[%d %d %d %d]" % (start, first, second, length)
    update.bodies[number] = b"<< /ByteRange %s /Contents <%s> %s >>" % (spread, value, text)
    return update.written(before=random.choice(SPACES))


def shadow_hidden_object(pdf: bytes, random: Random) -> bytes:
    """An entry that points to other bytes inside the signed revision."""
    update = Update(pdf, {})
    number = page_numbers(pdf)[random.randrange(2)]
    others = [offset for key, (kind, offset, _) in update.layout.entries().items() if kind == 1 and key != number]
    return update.written(listed={number: random.choice(others)})


def shadow_font(pdf: bytes, random: Random) -> bytes:
    with opened(pdf) as found:
        font = found.pages[0].obj.Resources.Font.F1.objgen[0]
    body = b"<< /Type /Font /Subtype /Type1 /BaseFont /%s >>" % random.choice([b"Symbol", b"ZapfDingbats", b"Courier"])
    return Update(pdf, {font: body}).written()
