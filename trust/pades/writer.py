"""Writes a seal into a PDF: PAdES B-B to B-LTA (EN 319 142-1), in two incremental updates.

1. The first update holds the signature field, its visible mark and the signature with a reserved place.
2. Whoever holds the key signs the digest of the signed attributes; a timestamp over that value joins it.
3. The second update holds certificates and revocation data (DSS) and a document timestamp over all of it.

The document is read once, hashed once an update, and nothing is signed twice to find out how long it gets.
"""

import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pikepdf

from trust.errors import DocumentRefused
from trust.pades import cms, mark, objects
from trust.pades.increment import Appended, Increment
from trust.pades.objects import Fields
from trust.pades.occupied import occupied
from trust.pades.sig_fields import get, signature_fields
from trust.pades.source import Source, open_source
from trust.pades.xref import Layout
from trust.ports.sealing import Evidence, Prepared, SigningDevice
from trust.signing.appearance import compose
from trust.signing.placement import Box, place
from trust.signing.profile import SealProfile, objection

HOLE = b"/ByteRange [0 9999999999 9999999999 9999999999]"
FIELD, STAMP = "Seal", "ArchiveTimestamp"
PRINTED_AND_LOCKED = b"132"
# The archive timestamp's token, in bytes
STAMP_ROOM = 12_288


@dataclass(slots=True, kw_only=True)
class Form:
    """The objects that a later update changes again: number, generation, entries."""

    root: tuple[int, int]
    catalogue: Fields
    acroform: int
    form: Fields
    fields: list[bytes]
    annotations: tuple[int, int]
    on_page: list[bytes]
    page: bytes
    names: set[str]
    dss: dict[str, list[bytes]]


@dataclass(slots=True, kw_only=True)
class Draft:
    """A document between two steps; satisfies the port's Prepared."""

    pdf: bytearray
    layout: Layout
    form: Form
    hole: tuple[int, int]  # of /Contents, from its < to after its >
    message_digest: bytes
    normalised: bool
    active: tuple[str, ...]
    chain: tuple[bytes, ...] = ()
    algorithm: str = ""
    signed: cms.SignedAttributes | None = field(default=None)

    @property
    def digest(self) -> bytes:
        """What is to be signed or stamped."""
        return self.message_digest if self.signed is None else self.signed.digest


class PdfWriter:
    """Satisfies the PdfSealer port."""

    def prepare(self, pdf: bytes, profile: SealProfile, device: SigningDevice, *, at: datetime) -> Draft:
        """The document with its seal drawn and a place for the signature."""
        if problem := objection(profile):
            raise DocumentRefused(problem)
        source = open_source(pdf)
        with source.pdf:
            return self._first_update(source, profile, device, at)

    def embed(self, prepared: Prepared, signature: bytes, token: bytes | None) -> bytes:
        """The signed document."""
        draft = _own(prepared)
        assert draft.signed is not None
        _fill(
            draft,
            cms.assemble(draft.signed, signature, chain=draft.chain, algorithm=draft.algorithm, token=token),
        )
        return bytes(draft.pdf)

    def prepare_archive(self, prepared: Prepared, evidence: Evidence) -> Draft:
        """The signed document with evidence and a place for the archive timestamp."""
        draft = _own(prepared)
        increment = Increment(draft.layout)
        _put_evidence(increment, draft.form, evidence)
        signature = increment.reserve()
        contents = _contents(STAMP_ROOM)
        body = objects.dictionary(
            {
                "/Type": b"/DocTimeStamp",
                "/Filter": b"/Adobe.PPKLite",
                "/SubFilter": b"/ETSI.RFC3161",
                "/ByteRange": HOLE.removeprefix(b"/ByteRange "),
                "/Contents": contents,
            }
        )
        increment.put(signature, body)
        widget: Fields = {"/Rect": b"[0 0 0 0]", "/V": f"{signature} 0 R".encode()}
        _put_field(increment, draft.form, STAMP, widget)
        appended = increment.append_to(bytes(draft.pdf))
        hole, digest = _open_hole(appended, signature, contents)
        return Draft(
            pdf=appended.pdf,
            layout=appended.layout,
            form=draft.form,
            hole=hole,
            message_digest=digest,
            normalised=draft.normalised,
            active=draft.active,
        )

    def add_evidence(self, prepared: Prepared, evidence: Evidence) -> bytes:
        """The signed document with evidence alone."""
        draft = _own(prepared)
        increment = Increment(draft.layout)
        _put_evidence(increment, draft.form, evidence)
        return bytes(increment.append_to(bytes(draft.pdf)).pdf)

    def finish(self, prepared: Prepared, token: bytes) -> bytes:
        """The document with its archive timestamp."""
        draft = _own(prepared)
        _fill(draft, token)
        return bytes(draft.pdf)

    def stamp_chain(self, token: bytes) -> tuple[bytes, ...]:
        """The certificates that a token carries, its signer's first."""
        return cms.token_chain(token)

    def _first_update(self, source: Source, profile: SealProfile, device: SigningDevice, at: datetime) -> Draft:
        increment = Increment(source.layout)
        pdf, wanted = source.pdf, profile.page
        pages = len(pdf.pages)
        page = pdf.pages[wanted if -pages <= wanted < pages else -1].obj
        form = _read_form(pdf, page, increment)
        first = source.facts.signatures == 0
        signature = increment.reserve()
        contents = _contents(cms.room(device.chain, stamped=True))
        # one moment for the mark, the dictionary and the claim: whole seconds, as PDF dates are
        moment = at.astimezone(UTC).replace(microsecond=0)
        increment.put(signature, _signature_dictionary(profile, contents, moment, certifies=first))
        widget: Fields = {"/V": f"{signature} 0 R".encode(), "/Rect": b"[0 0 0 0]"}
        if profile.visible:
            shown = _shown(page)
            where = place(shown, _rotation(page), _unit(page), occupied(page, shown))
            drawn = mark.draw(increment, compose(profile, moment), where)
            box = where.box
            widget["/Rect"] = objects.array([objects.number(v) for v in (box.x0, box.y0, box.x1, box.y1)])
            widget["/AP"] = objects.dictionary({"/N": drawn})
        if first:
            # §12.8.2.2: the certification says that nothing but long-term-validation updates may follow
            form.catalogue["/Perms"] = objects.dictionary({"/DocMDP": f"{signature} 0 R".encode()})
        _put_field(increment, form, FIELD, widget)
        _put_catalogue(increment, form)
        appended = increment.append_to(source.data)
        hole, digest = _open_hole(appended, signature, contents)
        return Draft(
            pdf=appended.pdf,
            layout=appended.layout,
            form=form,
            hole=hole,
            message_digest=digest,
            normalised=source.normalised,
            active=source.facts.active,
            chain=device.chain,
            algorithm=device.signature_algorithm,
            signed=cms.attributes(digest, device.chain[0]),
        )


def _own(prepared: Prepared) -> Draft:
    assert isinstance(prepared, Draft)
    return prepared


def _signature_dictionary(profile: SealProfile, contents: bytes, at: datetime, *, certifies: bool) -> bytes:
    entries: Fields = {
        "/Type": b"/Sig",
        "/Filter": b"/Adobe.PPKLite",
        "/SubFilter": b"/ETSI.CAdES.detached",
        "/ByteRange": HOLE.removeprefix(b"/ByteRange "),
        "/Contents": contents,
        "/M": f"(D:{at:%Y%m%d%H%M%S}Z)".encode(),
        "/Name": objects.string(profile.agency),
    }
    if profile.reason:
        entries["/Reason"] = objects.string(profile.reason)
    if profile.location:
        entries["/Location"] = objects.string(profile.location)
    if certifies:
        parameters = objects.dictionary({"/Type": b"/TransformParams", "/P": b"1", "/V": b"/1.2"})
        reference = {
            "/Type": b"/SigRef",
            "/TransformMethod": b"/DocMDP",
            "/TransformParams": parameters,
            "/DigestMethod": b"/SHA256",
        }
        entries["/Reference"] = objects.array([objects.dictionary(reference)])
    return objects.dictionary(entries)


def _read_form(pdf: pikepdf.Pdf, page: Any, increment: Increment) -> Form:
    root = pdf.Root
    catalogue = objects.fields(root)
    acroform = get(root, "/AcroForm")
    form = objects.fields(acroform) if isinstance(acroform, pikepdf.Dictionary) else {}
    listed = get(acroform, "/Fields")
    number = acroform.objgen[0] if form and acroform.is_indirect else increment.reserve()
    if form and acroform.is_indirect and acroform.objgen[1]:
        number = increment.reserve()  # a generation above 0 is not worth a second path
    catalogue["/AcroForm"] = f"{number} 0 R".encode()
    annotations = get(page, "/Annots")
    kept = [objects.text(item) for item in annotations] if isinstance(annotations, pikepdf.Array) else []
    if isinstance(annotations, pikepdf.Array) and annotations.is_indirect:
        array = annotations.objgen
    else:
        array = (increment.reserve(), 0)
        entries = objects.fields(page)
        entries["/Annots"] = f"{array[0]} 0 R".encode()
        increment.put(page.objgen[0], objects.dictionary(entries), page.objgen[1])
    version = str(get(root, "/Version") or "").lstrip("/")
    if max(version, pdf.pdf_version) < "1.7":
        catalogue["/Version"] = b"/1.7"
    if max(version, pdf.pdf_version) < "2.0" and "/Extensions" not in catalogue:
        # EN 319 142-1 §5.6: what says that ISO 32000-1 alone does not know DSS and document timestamps
        extension = {"/Type": b"/DeveloperExtensions", "/BaseVersion": b"/1.7", "/ExtensionLevel": b"2"}
        catalogue["/Extensions"] = objects.dictionary({"/ESIC": objects.dictionary(extension)})
    old = get(root, "/DSS")
    return Form(
        root=root.objgen,
        catalogue=catalogue,
        acroform=number,
        form=form,
        fields=[objects.text(item) for item in listed] if isinstance(listed, pikepdf.Array) else [],
        annotations=array,
        on_page=kept,
        page=page.unparse(),
        names={found.name for found in signature_fields(root)},
        dss={
            key: [objects.text(item) for item in value]
            for key in ("/Certs", "/OCSPs", "/CRLs")
            if isinstance(value := get(old, key), pikepdf.Array)
        },
    )


def _put_field(increment: Increment, form: Form, name: str, entries: Fields) -> None:
    taken = {known.split(".", maxsplit=1)[0] for known in form.names}
    free = next(f"{name}{count}" for count in range(1, len(taken) + 2) if f"{name}{count}" not in taken)
    form.names.add(free)
    reference = increment.add(
        objects.dictionary(
            {
                "/Type": b"/Annot",
                "/Subtype": b"/Widget",
                "/FT": b"/Sig",
                "/T": objects.string(free),
                "/F": PRINTED_AND_LOCKED,
                "/P": form.page,
                **entries,
            }
        )
    )
    form.fields.append(reference)
    form.on_page.append(reference)
    increment.put(form.annotations[0], objects.array(form.on_page), form.annotations[1])
    whole = {**form.form, "/Fields": objects.array(form.fields), "/SigFlags": b"3"}
    increment.put(form.acroform, objects.dictionary(whole))


def _put_catalogue(increment: Increment, form: Form) -> None:
    increment.put(form.root[0], objects.dictionary(form.catalogue), form.root[1])


def _put_evidence(increment: Increment, form: Form, evidence: Evidence) -> None:
    """The document security store (EN 319 142-1 §5.4.2); what an earlier one held stays in it."""
    groups = {"/Certs": evidence.certificates, "/OCSPs": evidence.ocsps, "/CRLs": evidence.crls}
    entries: Fields = {"/Type": b"/DSS"}
    for key, values in groups.items():
        kept = form.dss.setdefault(key, [])
        kept += [increment.add(objects.stream({}, der)) for der in values]
        if kept:
            entries[key] = objects.array(kept)
    form.catalogue["/DSS"] = increment.add(objects.dictionary(entries))
    _put_catalogue(increment, form)


def _contents(room: int) -> bytes:
    return b"<" + b"0" * (2 * room) + b">"


def _open_hole(appended: Appended, number: int, contents: bytes) -> tuple[tuple[int, int], bytes]:
    """Where the signature goes, after the byte range round it was written; and the digest of that range."""
    pdf, start = appended.pdf, appended.starts[number]
    opening = pdf.index(contents, start)
    closing = opening + len(contents)
    at = pdf.index(HOLE, start)
    written = f"/ByteRange [0 {opening} {closing} {len(pdf) - closing}]".encode()
    pdf[at : at + len(HOLE)] = written.ljust(len(HOLE))
    running = hashlib.sha256(memoryview(pdf)[:opening])
    running.update(memoryview(pdf)[closing:])
    return (opening, closing), running.digest()


def _fill(draft: Draft, der: bytes) -> None:
    opening, closing = draft.hole
    digits = der.hex().encode()
    if len(digits) > closing - opening - 2:
        raise DocumentRefused("signature_too_long")
    draft.pdf[opening + 1 : opening + 1 + len(digits)] = digits


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
        return max(0.01, float(value)) if value is not None else 1.0
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
