"""Signed documents to attack: our own sealed ones and others', plain, certified, and prepared by a cunning author."""

import io
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pikepdf
from msgspec.structs import replace

from tests.fakes.foreign_signing import ForeignSigner
from tests.fakes.sealing_world import SealingWorld, plain_pdf
from trust.pades.increment import Increment
from trust.pades.xref import read
from trust.signing.profile import Level, SealProfile

XMP = (
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    b'<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>\n%s\n</dc:title>'
    b"</rdf:Description></rdf:RDF></x:xmpmeta>"
)


@lru_cache(maxsize=1)
def world() -> SealingWorld:
    """One world for all attacks; its clock stands still."""
    return SealingWorld.open(Path(mkdtemp(prefix="attacks-")))


@lru_cache(maxsize=1)
def signer() -> ForeignSigner:
    return ForeignSigner(world=world())


def opened(pdf: bytes) -> Any:
    """The document, untyped: pikepdf's objects take any attribute."""
    return pikepdf.open(io.BytesIO(pdf), inherit_page_attributes=False)


def saved(pdf: Any, **how: object) -> bytes:
    out = io.BytesIO()
    pdf.save(out, **how)
    return out.getvalue()


def with_form(rect: tuple[int, int, int, int] = (10, 10, 90, 30)) -> bytes:
    """A page with one text field and one unsigned signature field."""
    with opened(plain_pdf()) as pdf:
        look = pdf.make_stream(b"/Tx BMC EMC", Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Form)
        look["/BBox"] = pikepdf.Array([0, 0, 80, 20])
        look["/Resources"] = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=pdf.pages[0].obj.Resources.Font.F1))
        text = pdf.make_indirect(
            pikepdf.Dictionary(
                Type=pikepdf.Name.Annot,
                Subtype=pikepdf.Name.Widget,
                FT=pikepdf.Name.Tx,
                T="amount",
                V="1",
                Rect=pikepdf.Array(rect),
                AP=pikepdf.Dictionary(N=look),
            )
        )
        pdf.Root["/AcroForm"] = pdf.make_indirect(pikepdf.Dictionary(Fields=pikepdf.Array([text])))
        pdf.pages[0].obj["/Annots"] = pikepdf.Array([text])
        return saved(pdf)


DESCRIBING = (
    "information as graphics state",
    "extensions as graphics state",
    "metadata as content",
    "metadata as letter",
)


def prepared(kind: str) -> bytes:
    """A document whose author laid a trap before it was signed."""
    if kind in DESCRIBING:
        return _describing(kind)
    with opened(plain_pdf()) as pdf:
        page, root = pdf.pages[0].obj, pdf.Root
        resources = page.Resources
        content = b"BT /F1 24 Tf 72 720 Td (Page 1) Tj ET"
        match kind:
            case "overlay":  # a white box over the real text, to be taken away
                box = pdf.make_stream(b"1 g 0 0 600 200 re f", Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Form)
                box["/BBox"] = pikepdf.Array([0, 0, 600, 200])
                resources["/XObject"] = pikepdf.Dictionary(Over=box)
                content += b" /Over Do"
            case "metadata as drawing":  # the catalogue is the page's dictionary of drawings
                resources["/XObject"] = root
                content += b" /Metadata Do"
            case "evidence as content":  # the list of certificates is the page's list of contents
                shown = pdf.make_indirect(pikepdf.Array([pdf.make_stream(content)]))
                root["/DSS"] = pdf.make_indirect(pikepdf.Dictionary(Type=pikepdf.Name.DSS, Certs=shown))
                page["/Contents"] = shown
                return saved(pdf)
            case "certificate as drawing":
                stream = pdf.make_stream(b"0", Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Form)
                stream["/BBox"] = pikepdf.Array([0, 0, 600, 800])
                root["/DSS"] = pdf.make_indirect(
                    pikepdf.Dictionary(Type=pikepdf.Name.DSS, Certs=pikepdf.Array([stream]))
                )
                resources["/XObject"] = pikepdf.Dictionary(Over=stream)
                content += b" /Over Do"
            case "notes as content":  # the list of annotations is the page's list of contents
                shown = pdf.make_indirect(pikepdf.Array([pdf.make_stream(content)]))
                page["/Annots"], page["/Contents"] = shown, shown
                return saved(pdf)
            case "hole" | "cross-reference as drawing":  # a drawing that is not there yet, or is none yet
                resources["/XObject"] = pikepdf.Dictionary(Over=pikepdf.Name("/QQQQQ"))
                page["/Contents"] = pdf.make_stream(content + b" /Over Do")
                return _hollow(saved(pdf), as_stream=kind != "hole")
        page["/Contents"] = pdf.make_stream(content)
        return saved(pdf)


def _describing(kind: str) -> bytes:
    """A trap in what describes the document, and draws it too."""
    with opened(plain_pdf()) as pdf:
        page, root = pdf.pages[0].obj, pdf.Root
        resources = page.Resources
        content = b"BT /F1 24 Tf 72 720 Td (Page 1) Tj ET"
        match kind:
            case "information as graphics state":  # its numbers decide what is seen
                pdf.trailer["/Info"] = pdf.make_indirect(pikepdf.Dictionary(Type=pikepdf.Name.ExtGState, ca=1))
                resources["/ExtGState"] = pikepdf.Dictionary(Shown=pdf.trailer["/Info"])
                content = b"/Shown gs " + content
            case "extensions as graphics state":  # the catalogue is the page's list of graphics states
                root["/Extensions"] = pikepdf.Dictionary(ca=1)
                resources["/ExtGState"] = root
                content = b"/Extensions gs " + content
            case "metadata as content":  # well-formed XMP whose text draws the page
                root["/Metadata"] = page["/Contents"] = xmp(pdf, content)
                return saved(pdf)
            case "metadata as letter":  # the catalogue is a font's list of letters, and its metadata one of them
                root["/Metadata"] = xmp(pdf, b"0 0 0 0 9 9 d1 0 0 9 9 re f")
                encoding = pikepdf.Dictionary(Differences=pikepdf.Array([65, pikepdf.Name.Metadata]))
                resources.Font["/F3"] = pikepdf.Dictionary(
                    Type=pikepdf.Name.Font,
                    Subtype=pikepdf.Name.Type3,
                    FontBBox=pikepdf.Array([0, 0, 9, 9]),
                    FontMatrix=pikepdf.Array([1, 0, 0, 1, 0, 0]),
                    FirstChar=65,
                    LastChar=65,
                    Widths=pikepdf.Array([9]),
                    Encoding=encoding,
                    CharProcs=root,
                )
                content += b" BT /F3 9 Tf 72 600 Td (A) Tj ET"
        page["/Contents"] = pdf.make_stream(content)
        return saved(pdf)


def xmp(pdf: Any, text: bytes) -> Any:
    """Metadata that is well-formed, and holds a text that a page could draw."""
    found = pdf.make_stream(XMP % text)
    found["/Type"], found["/Subtype"] = pikepdf.Name.Metadata, pikepdf.Name.XML
    return found


def _hollow(pdf: bytes, *, as_stream: bool) -> bytes:
    """The name of nothing replaced by a reference to nothing, or to the cross-reference that comes next."""
    layout = read(pdf)
    if not as_stream:
        return pdf.replace(b"/QQQQQ", b"99 0 R")
    pdf = pdf.replace(b"/QQQQQ", (b"%d 0 R" % layout.size).ljust(6))
    sections = (replace(layout.sections[0], stream=True), *layout.sections[1:])
    return bytes(Increment(replace(layout, sections=sections)).append_to(pdf).pdf)


def _sealed(level: Level) -> bytes:
    profile = SealProfile(agency="Agency", language="en", level=level, visible=False)
    return world().seal(plain_pdf(), profile).content


BASES: dict[str, Callable[[], bytes]] = {
    "our seal, B-LTA": lambda: _sealed(Level.LTA),
    "our seal, B-B": lambda: _sealed(Level.B),
    "approval, B-B": lambda: signer().sign(plain_pdf()),
    "approval, B-T": lambda: signer().sign(plain_pdf(), "B-T"),
    "approval, B-LTA": lambda: signer().sign(plain_pdf(), "B-LTA"),
    "approval over object streams": lambda: signer().sign(
        plain_pdf(2, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    ),
    "certified, P=1": lambda: signer().sign(plain_pdf(), certify=1),
    "certified, P=2": lambda: signer().sign(plain_pdf(), certify=2),
    "certified, P=3": lambda: signer().sign(plain_pdf(), certify=3),
    "form, approval": lambda: signer().sign(with_form()),
    "form, P=1": lambda: signer().sign(with_form(), certify=1),
    "form, P=2": lambda: signer().sign(with_form(), certify=2),
    "form, P=3": lambda: signer().sign(with_form(), certify=3),
    "form over the whole page, P=2": lambda: signer().sign(with_form((0, 0, 595, 842)), certify=2),
}


@lru_cache(maxsize=64)
def base(name: str) -> bytes:
    """One of the documents above; made once."""
    return BASES[name]()


@lru_cache(maxsize=64)
def trapped(kind: str) -> bytes:
    """A prepared document, signed in good faith."""
    return signer().sign(prepared(kind))
