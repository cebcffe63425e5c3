"""Draws the visible seal as a form XObject: what is the same from seal to seal is set by typst once and kept.

1. typst sets agency, words, image and a date whose digits are all 0, once for each such text.
2. The date's digits are put in by their glyphs; digits of one font are equally wide.
3. The code is drawn module by module, as rectangles.
"""

import json
import re
import zlib
from functools import lru_cache
from importlib.resources import files

import segno

from trust.errors import DocumentRefused
from trust.frozen import Frozen
from trust.pades import drawing, objects
from trust.pades.drawing import Drawing
from trust.pades.increment import Increment
from trust.pades.syntax import read_value
from trust.pades.typesetting import CannotSet, compiled
from trust.signing.appearance import Appearance
from trust.signing.placement import HEIGHT, WIDTH, Place

CODES = {"zh-Hant": "zh", "zh-Hans": "zh", "en": "en", "pt": "pt"}
CODE_SIZE, CODE_RIGHT, CODE_FOOT = 38.0, WIDTH - 3.0, 4.0  # as mark.typ leaves them free
QUIET = 1  # modules round the code
KEPT = 128

_DIGIT = re.compile(r"\d")
_SHOWN = re.compile(rb"\[((?:<[0-9a-f]+>|[-+.\d]+|\s)*)\]\s*TJ")
_GLYPHS = re.compile(rb"<([0-9a-f]+)>")
_INK = re.compile(rb"(/c\d+) cs ([\d.]+ [\d.]+ [\d.]+) scn")
BESIDE = b"q 1 0 0 -1 1000 "  # where mark.typ puts the ten digits


class _Plate(Frozen, kw_only=False):
    """A seal without its date and code."""

    drawing: Drawing
    content: bytes
    zeros: tuple[int, ...]  # where the glyphs of the date's digits stand in the content
    digits: tuple[bytes, ...]  # the glyphs of 0 to 9
    ink: bytes  # the operators that choose the seal's colour


def draw(increment: Increment, appearance: Appearance, place: Place) -> bytes:
    """Put the seal's form XObject into the update; gives the reference to it."""
    plate = _plate(appearance)
    content = bytearray(plate.content)
    for at, digit in zip(plate.zeros, _DIGIT.findall(_head(appearance.date)), strict=True):
        content[at : at + 4] = plate.digits[int(digit)]
    code = _code(appearance.link, plate.ink) if appearance.link else b""
    sized = b"q %.6f 0 0 %.6f 0 0 cm\n" % (place.width / WIDTH, place.height / HEIGHT)
    packed = zlib.compress(sized + content + code + b"\nQ", 6)
    a, b, c, d = place.matrix
    form = {
        "/Type": b"/XObject",
        "/Subtype": b"/Form",
        "/BBox": objects.array([b"0", b"0", objects.number(place.width), objects.number(place.height)]),
        "/Matrix": objects.array([str(v).encode() for v in (a, b, c, d, 0, 0)]),
        "/Resources": drawing.take_over(plate.drawing, increment),
        "/Filter": b"/FlateDecode",
    }
    return increment.add(objects.stream(form, packed))


def _head(date: str) -> str:
    """The date without its zone, whose digit is always the same."""
    return date.rpartition(" ")[0]


def _plate(appearance: Appearance) -> _Plate:
    date = _DIGIT.sub("0", _head(appearance.date)) + appearance.date[len(_head(appearance.date)) :]
    words = " · ".join(part for part in (appearance.words, appearance.hint) if part)
    return _made(
        appearance.agency, words, date, CODES[appearance.language], appearance.image, code=bool(appearance.link)
    )


@lru_cache(maxsize=KEPT)
def _made(agency: str, words: str, date: str, language: str, image: bytes, *, code: bool) -> _Plate:
    data = {
        "width": WIDTH,
        "height": HEIGHT,
        "lang": language,
        "agency": agency,
        "words": words,
        "date": date,
        "image": list(image) or None,
        "code": code,
    }
    try:
        drawn = drawing.read(compiled(_template(), {"data": json.dumps(data, ensure_ascii=False)}, tagged=False))
    except CannotSet:
        if not image:
            raise
        raise DocumentRefused("seal_image_unfit") from None
    whole = _in_hexadecimal(drawn.content)
    content, _, beside = whole.rpartition(BESIDE)
    digits = tuple(_split(b"".join(_GLYPHS.findall(beside))))
    assert len(set(digits)) == 10
    zeros = tuple(
        found.start(1) + at
        for shown in _SHOWN.finditer(content)
        for found in _GLYPHS.finditer(content, *shown.span(1))
        for at in range(0, len(found.group(1)), 4)
        if found.group(1)[at : at + 4] == digits[0]
    )
    wanted = len(_DIGIT.findall(_head(date)))
    ink = _INK.search(content)
    assert ink is not None
    # the date is the last line
    return _Plate(drawn, content, zeros[len(zeros) - wanted :], digits, b"%s cs %s scn\n" % ink.groups())


def _in_hexadecimal(content: bytes) -> bytes:
    """The content with every shown text as hexadecimal strings; typst writes some of them as literal ones."""
    out, at = bytearray(), 0
    while (found := content.find(b"Tm[", at)) >= 0:
        shown, end = read_value(content, found + 2)
        assert isinstance(shown, list)
        parts = [b"<%s>" % item.hex().encode() if isinstance(item, bytes) else drawing.plain(item) for item in shown]
        out += content[at : found + 2] + objects.array(parts)
        at = end
    return bytes(out + content[at:])


def _split(glyphs: bytes) -> list[bytes]:
    return [glyphs[at : at + 4] for at in range(0, len(glyphs), 4)]


@lru_cache(maxsize=KEPT)
def _code(link: str, ink: bytes) -> bytes:
    """The QR code as rectangles, each row's runs in one."""
    # trying all eight masks takes longer than the whole seal; every one of them can be read
    rows = [bytes(row) for row in segno.make(link, error="m", micro=False, mask=3).matrix]
    module = CODE_SIZE / (len(rows) + 2 * QUIET)
    left = CODE_RIGHT - CODE_SIZE + QUIET * module
    top = CODE_FOOT + CODE_SIZE - QUIET * module
    out = [b"q ", ink, b"%.4f 0 0 %.4f %.4f %.4f cm\n" % (module, -module, left, top)]
    for number, row in enumerate(rows):
        out += [b"%d %d %d 1 re\n" % (run.start(), number, run.end() - run.start()) for run in _RUN.finditer(row)]
    out.append(b"f Q")
    return b"".join(out)


_RUN = re.compile(rb"\x01+")


@lru_cache(maxsize=1)
def _template() -> bytes:
    return (files("trust.pades") / "mark.typ").read_bytes()
