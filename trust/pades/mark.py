"""Draws the visible seal: a small page by typst, taken over into the document as a form XObject."""

import io
import json
import threading
from datetime import datetime
from functools import lru_cache
from importlib.resources import files
from typing import Literal

import pikepdf
import segno
import typst

from trust.pades import objects
from trust.pades.increment import Increment
from trust.pades.objects import Transplant
from trust.signing.appearance import Appearance
from trust.signing.placement import HEIGHT, WIDTH, Place

Standard = Literal["a-2a", "a-3a", "ua-1"]

_LOCK = threading.Lock()  # typst's compiler is not for two threads at once
CODES = {"zh-Hant": "zh", "zh-Hans": "zh", "en": "en", "pt": "pt"}


def draw(increment: Increment, appearance: Appearance, place: Place) -> bytes:
    """Put the seal's form XObject into the update; gives the reference to it."""
    with pikepdf.open(io.BytesIO(_page(appearance))) as drawn:
        page = drawn.pages[0].obj
        transplant = Transplant(increment.reserve)
        contents = page.Contents
        parts = list(contents) if isinstance(contents, pikepdf.Array) else [contents]
        content = b"\n".join(bytes(part.read_bytes()) for part in parts)
        resources = transplant.copy(page.Resources)
        for number, body in transplant.copied.items():
            increment.put(number, body)
    scale = place.width / WIDTH
    a, b, c, d = place.matrix
    form = {
        "/Type": b"/XObject",
        "/Subtype": b"/Form",
        "/BBox": objects.array([b"0", b"0", objects.number(place.width), objects.number(place.height)]),
        "/Matrix": objects.array([str(v).encode() for v in (a, b, c, d, 0, 0)]),
        "/Resources": resources,
    }
    sized = b"q %s 0 0 %s 0 0 cm\n" % (f"{scale:.6f}".encode(), f"{scale:.6f}".encode())
    return increment.add(objects.stream(form, sized + content + b"\nQ"))


def _page(appearance: Appearance) -> bytes:
    data = {
        "width": WIDTH,
        "height": HEIGHT,
        "lang": CODES[appearance.language],
        "agency": appearance.agency,
        "words": " · ".join(part for part in (appearance.words, appearance.hint) if part),
        "date": appearance.date,
        "qr": _code(appearance.link) if appearance.link else "",
    }
    return compiled(_template(), {"data": json.dumps(data, ensure_ascii=False)}, tagged=False)


def compiled(
    source: bytes,
    inputs: dict[str, str],
    *,
    tagged: bool = True,
    archival: bool = False,
    attachments: bool = False,
    timestamp: datetime | None = None,
) -> bytes:
    """A template as a PDF, with the vendored font and nothing of the system.

    Archival PDF must draw every character; a file name with one that no font here has is shown with a box instead,
    and the PDF then claims no archival standard.
    """
    standards: list[Standard] = ["a-3a" if attachments else "a-2a", "ua-1"] if archival else []
    try:
        drawn = _drawn(source, inputs, tagged, standards, timestamp)
    except typst.TypstError as error:
        if not standards or "could not be displayed" not in str(error):
            raise
        drawn = _drawn(source, inputs, tagged, [], timestamp)
    assert isinstance(drawn, bytes)  # no file named
    return drawn


def _drawn(
    source: bytes, inputs: dict[str, str], tagged: bool, standards: list[Standard], timestamp: datetime | None
) -> object:
    with _LOCK:
        return compiler().compile(
            input=source,
            format="pdf",
            sys_inputs=inputs,
            pdf_tags=tagged,
            pdf_standards=[*standards],
            timestamp=timestamp and timestamp.replace(microsecond=0),  # typst takes whole seconds only
        )


@lru_cache(maxsize=1)
def compiler() -> typst.Compiler:
    """The one compiler of this process: loading the font takes longer than drawing."""
    return typst.Compiler(font_paths=[str(files("trust.pades") / "fonts")], ignore_system_fonts=True)


@lru_cache(maxsize=1)
def _template() -> bytes:
    return (files("trust.pades") / "mark.typ").read_bytes()


@lru_cache(maxsize=256)
def _code(link: str) -> str:
    out = io.BytesIO()
    segno.make(link, error="m", micro=False).save(
        out, kind="svg", border=1, dark="#8c1622", light="#ffffff", svgclass=None, lineclass=None
    )
    return out.getvalue().decode()
