"""The documents that verifying is measured with: scans of several sizes, pages dense with objects, renewed seals."""

import io
import random
from collections.abc import Mapping
from pathlib import Path

import pikepdf

from tests.bench.sealing import sample
from tests.fakes.foreign_signing import ForeignSigner
from tests.fakes.sealing_world import SealingWorld
from trust.signing.profile import Level, SealProfile

LINKS = 97  # on a page; with the page, its content and its list that makes a hundred objects
PROFILE = SealProfile(agency="Agency of the bench", language="en", level=Level.LTA, visible=False)


def scan(size: int, pages: int) -> bytes:
    """Pages that each show an image which cannot be compressed."""
    choose, pdf = random.Random(size), pikepdf.new()
    for _ in range(pages):
        page = pdf.add_blank_page(page_size=(595, 842)).obj
        image = pdf.make_stream(choose.randbytes(size // pages), Width=100, Height=100, BitsPerComponent=8)
        image["/Type"], image["/Subtype"] = pikepdf.Name.XObject, pikepdf.Name.Image
        image["/ColorSpace"], image["/Filter"] = pikepdf.Name.DeviceRGB, pikepdf.Name.DCTDecode
        page["/Resources"] = pikepdf.Dictionary(XObject=pikepdf.Dictionary(I=image))
        page["/Contents"] = pdf.make_stream(b"q 595 0 0 842 0 0 cm /I Do Q")
    return _saved(pdf)


def dense(objects: int) -> bytes:
    """Pages full of links, each an object."""
    pdf = pikepdf.new()
    for number in range(objects // 100):
        page = pdf.add_blank_page(page_size=(595, 842)).obj
        page["/Contents"] = pdf.make_stream(b"BT ET")
        page["/Annots"] = pikepdf.Array(pdf.make_indirect(_link(number, place)) for place in range(LINKS))
    return _saved(pdf)


def _link(page: int, place: int) -> pikepdf.Dictionary:
    return pikepdf.Dictionary(
        Type=pikepdf.Name.Annot,
        Subtype=pikepdf.Name.Link,
        Rect=pikepdf.Array([place, place, place + 10, place + 10]),
        A=pikepdf.Dictionary(S=pikepdf.Name.URI, URI=f"https://example.test/{page}/{place}/" + "x" * 60),
    )


def _saved(pdf: pikepdf.Pdf) -> bytes:
    out = io.BytesIO()
    pdf.save(out)
    return out.getvalue()


def made(folder: Path) -> tuple[SealingWorld, Mapping[str, bytes]]:
    """Each of them sealed at B-LTA, by name; and the world of their authorities."""
    folder.mkdir(parents=True, exist_ok=True)
    world = SealingWorld.open(folder)
    device = world.device()
    plain = {
        "50 KB": sample(),
        "1 MB": scan(1_000_000, 10),
        "20 MB": scan(20_000_000, 200),
        "1 000 objects": dense(1_000),
        "10 000 objects": dense(10_000),
        "90 000 objects": dense(90_000),
    }
    sealed = {name: world.seal(pdf, PROFILE, device=device).content for name, pdf in plain.items()}
    signer, renewed = ForeignSigner(world=world), sealed["50 KB"]
    for count in range(1, 17):
        renewed = signer.renew(renewed)
        if count in (2, 16):
            sealed[f"{count} renewals"] = renewed
    return world, sealed
