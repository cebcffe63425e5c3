"""Surveys a document with qpdf, in a process that holds no key: what a writer must know of it to seal it."""

import io
import re
from typing import Any

import pikepdf

from trust.errors import DocumentRefused
from trust.pades import own_text
from trust.pades.occupied import occupied
from trust.pades.sig_fields import SignatureField, get, signature_fields
from trust.pades.source import Source, look, open_source
from trust.pades.structure import tags_of
from trust.pades.survey import Asked, EmptyField, Page, Place, Survey
from trust.pades.syntax import Ref
from trust.signing.placement import Box

MOST_ANNOTATIONS = 150_000  # on the page of the seal
LARGEST_METADATA = 1_000_000
_PDFA = re.compile(rb"pdfaid:part(?:>|=[\"'])\s*([1-4])")
_PDFA_LEVEL = re.compile(rb"pdfaid:conformance(?:>|=[\"'])\s*([A-Za-z])")
_PDFUA = re.compile(rb"pdfuaid:part(?:>|=[\"'])\s*([12])")


def survey(data: bytes, asked: Asked) -> Survey:
    """The survey; a problem says why the document cannot be sealed."""
    try:
        source = open_source(data)
        with source.pdf:
            return _survey(source, asked)
    except DocumentRefused as refused:
        return Survey(problem=refused.reason)


def admit(data: bytes) -> Survey:
    """Whether a document may be sealed, and how many pages it has; nothing else."""
    from trust.documents.intake import objection  # noqa: PLC0415

    facts = look(data)
    return Survey(problem=objection(facts) or "", pages=facts.pages)


def rehearse() -> None:
    """Go through every path once with documents of our own, broken ones too."""
    made = pikepdf.new()
    made.add_blank_page()
    made.pages[0].Contents = made.make_stream(b"BT /F1 12 Tf (a) Tj ET")
    out = io.BytesIO()
    made.save(out)
    whole = out.getvalue()
    for data in (whole, b"junk" + whole, whole[: whole.rindex(b"xref")], whole[:200], b"%PDF-1.7\nnothing"):
        survey(data, Asked())
        admit(data)


def _survey(source: Source, asked: Asked) -> Survey:
    pdf, facts = source.pdf, source.facts
    root, layout = pdf.Root, source.layout
    known = list(signature_fields(root))
    wanted, page = _wanted(pdf, known, asked)
    acroform = get(root, "/AcroForm")
    form = own_text.fields(acroform) if isinstance(acroform, pikepdf.Dictionary) else {}
    listed = get(acroform, "/Fields")
    # a generation above 0 is not worth a second path: the form is written under a new number then
    own = bool(form) and acroform.is_indirect and acroform.objgen[1] == 0
    store = get(root, "/DSS")
    by_signature = get(store, "/VRI")
    trailer = layout.trailer
    info, identifier = _kept(source, "Info"), _kept(source, "ID")
    named = trailer.get("Root")
    assert isinstance(named, Ref)
    return Survey(
        pages=len(pdf.pages),
        signatures=facts.signatures,
        certified=facts.signatures > 0 and get(get(root, "/Perms"), "/DocMDP") is not None,
        active=facts.active,
        claims=_claims(root),
        base=source.data if source.normalised else None,
        start=layout.start,
        size=layout.size,
        by_stream=layout.sections[0].stream,
        root=(named.number, named.generation),
        info=(info.number, info.generation) if isinstance(info, Ref) else None,
        identifier=identifier[0] if isinstance(identifier, list) and _is_bytes(identifier) else b"",
        version=max(str(get(root, "/Version") or "").lstrip("/"), pdf.pdf_version),
        catalogue=own_text.fields(root),
        acroform=acroform.objgen[0] if own else 0,
        form=form,
        fields=own_text.items(listed),
        names=frozenset(found.name for found in known),
        store={
            key: own_text.items(value)
            for key in ("/Certs", "/OCSPs", "/CRLs")
            if isinstance(value := get(store, key), pikepdf.Array)
        },
        by_signature=own_text.text(by_signature) if isinstance(by_signature, pikepdf.Dictionary) else b"",
        page=_page(page, asked if wanted is None else Asked(visible=False)),
        wanted=wanted,
        tags=tags_of(root) if asked.visible and wanted is None and not facts.signatures else None,
    )


def _is_bytes(identifier: list[Any]) -> bool:
    return bool(identifier) and isinstance(identifier[0], bytes)


def _kept(source: Source, key: str) -> Any:
    return next((section.trailer[key] for section in source.layout.sections if key in section.trailer), None)


def _page(page: Any, asked: Asked) -> Page:
    annotations = get(page, "/Annots")
    there = isinstance(annotations, pikepdf.Array)
    if there and len(annotations) > MOST_ANNOTATIONS:
        raise DocumentRefused("unreadable")
    apart: Place | None = annotations.objgen if there and annotations.is_indirect else None
    shown = _shown(page)
    return Page(
        place=page.objgen,
        annotations=apart,
        on_it=own_text.items(annotations),
        entries={} if apart is not None else own_text.fields(page),
        shown=shown,
        rotation=_rotation(page),
        unit=_unit(page),
        taken=tuple(occupied(page, shown)) if asked.visible else (),
    )


def _wanted(pdf: pikepdf.Pdf, known: list[SignatureField], asked: Asked) -> tuple[EmptyField | None, Any]:
    """The field that was asked for, if it is there and empty, and the page of the seal."""
    pages = pdf.pages
    page = pages[asked.page if -len(pages) <= asked.page < len(pages) else -1].obj
    found = next((one for one in known if asked.field and one.name == asked.field), None)
    if found is None:
        return None, page
    field = found.field
    if found.value is not None:
        raise DocumentRefused("field_already_signed")
    seed = get(field, "/SV")
    demands = isinstance(seed, pikepdf.Dictionary) and bool(get(seed, "/Ff"))
    if get(field, "/Subtype") != "/Widget" or not field.is_indirect or demands or get(field, "/Lock") is not None:
        # what its author demands of a signature or locks with it is not ours to guess (§12.7.5.5)
        raise DocumentRefused("field_unfit")
    box = _box(field, "/Rect") or Box(0, 0, 0, 0)
    above = get(field, "/P")
    if isinstance(above, pikepdf.Dictionary) and above.is_indirect:
        page = next((one.obj for one in pages if one.objgen == above.objgen), page)
    return EmptyField(place=field.objgen, entries=own_text.fields(field), box=box), page


def _claims(root: Any) -> tuple[str, ...]:
    """The standards that the metadata name; whether they are kept is not said."""
    metadata = get(root, "/Metadata")
    if not isinstance(metadata, pikepdf.Stream) or int(get(metadata, "/Length") or 0) > LARGEST_METADATA:
        return ()
    try:
        text = bytes(metadata.read_bytes())[:LARGEST_METADATA]
    except pikepdf.PdfError:
        return ()
    part, level, access = _PDFA.search(text), _PDFA_LEVEL.search(text), _PDFUA.search(text)
    claimed = []
    if part is not None:
        claimed.append(f"PDF/A-{part.group(1).decode()}{level.group(1).decode().lower() if level else ''}")
    if access is not None:
        claimed.append(f"PDF/UA-{access.group(1).decode()}")
    return tuple(claimed)


def _shown(page: Any) -> Box:
    """What of a page is shown (§14.11.2); US Letter where a page says nothing, as viewers do."""
    media = _box(page, "/MediaBox") or Box(0, 0, 612, 792)
    crop = _box(page, "/CropBox")
    return crop.within(media) if crop else media


def _box(page: Any, key: str) -> Box | None:
    value = _inherited(page, key)
    try:
        a, b, c, d = (float(item) for item in value)
    except (TypeError, ValueError):
        return None
    box = Box.ordered(a, b, c, d)
    return box if box.width > 0 and box.height > 0 else None


def _rotation(page: Any) -> int:
    value = _inherited(page, "/Rotate")
    return int(value) if isinstance(value, int) else 0


def _unit(page: Any) -> float:
    value = get(page, "/UserUnit")
    try:
        return min(9999.0, max(0.01, float(value))) if value is not None else 1.0
    except (TypeError, ValueError):
        return 1.0


def _inherited(page: Any, key: str) -> Any:
    holder = page
    for _ in range(64):  # a page tree deeper than this is a loop
        value = get(holder, key)
        if value is not None:
            return value
        holder = get(holder, "/Parent")
        if holder is None:
            return None
    return None
