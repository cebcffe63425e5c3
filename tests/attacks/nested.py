"""Documents inside documents, and documents written anew."""

import io
from random import Random

import pikepdf

from tests.attacks.documents import opened, saved
from tests.attacks.parts import numbers
from tests.fakes.sealing_world import plain_pdf
from trust.pades.increment import Increment
from trust.pades.xref import read as read_xref


def pdf_before(pdf: bytes, random: Random) -> bytes:
    return plain_pdf(random.randint(1, 3)) + pdf


def pdf_behind(pdf: bytes, random: Random) -> bytes:
    return pdf + plain_pdf(random.randint(1, 3))


def pdf_behind_chained(pdf: bytes, random: Random) -> bytes:
    """Another document behind the signed one, its cross-reference made to fit."""
    other = plain_pdf(random.randint(1, 2))
    return bytes(Increment(read_xref(pdf)).append_to(pdf + other).pdf)


def rewritten(pdf: bytes, random: Random) -> bytes:
    """Saved anew by another program."""
    with opened(pdf) as found:
        return saved(
            found,
            linearize=random.random() < 0.5,
            object_stream_mode=random.choice(list(pikepdf.ObjectStreamMode)),
        )


def renumbered(pdf: bytes, random: Random) -> bytes:
    """The signed pages in another document, beside others."""
    with opened(pdf) as found, pikepdf.new() as new:
        new.pages.extend(found.pages)
        new.add_blank_page()
        out = io.BytesIO()
        new.save(out)
        return out.getvalue()


def one_byte(pdf: bytes, random: Random) -> bytes:
    """One bit in what the first signature covers."""
    _, first, second, length = numbers(pdf)
    at = random.randrange(0, first) if random.random() < 0.5 else random.randrange(second, second + length)
    out = bytearray(pdf)
    out[at] ^= 1 << random.randrange(8)
    return bytes(out)
