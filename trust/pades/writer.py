"""Writes a signature into a PDF: PAdES B-B to B-LTA (EN 319 142-1), in two incremental updates.

1. A process without keys surveys the document (trust/pades/survey.py); this one only writes.
2. The first update holds the signature field, its visible mark and the signature with a reserved place.
3. Whoever holds the key signs the digest of the signed attributes; a timestamp over that value joins it.
4. The second update holds certificates and revocation data (DSS) and a document timestamp over all of it.

The document is read once, hashed once an update, and nothing is signed twice to find out how long it gets.
"""

import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol

from trust.errors import DocumentRefused, StampUnavailable
from trust.guomi.der import Malformed
from trust.pades import cms, mark, objects
from trust.pades.increment import Appended, Increment
from trust.pades.objects import Fields
from trust.pades.survey import Asked, Survey
from trust.pades.xref import Layout
from trust.ports.sealing import Evidence, Prepared, SigningDevice
from trust.signing.appearance import compose
from trust.signing.placement import Box, Place, place, within
from trust.signing.profile import SealProfile, objection
from trust.signing.standards import Addition, Standing, standings

HOLE = b"/ByteRange [0 9999999999 9999999999 9999999999]"
FIELD, STAMP = "Seal", "ArchiveTimestamp"
PRINTED_AND_LOCKED = b"132"
NOWHERE = b"[0 0 0 0]"
OFF_THE_PAGE = b"[-9999 -9999 -9999 -9999]"  # ISO 14289-1 §7.18.1 asks nothing of what lies outside the crop box
# The archive timestamp's token, in bytes
STAMP_ROOM = 12_288


class Surveyor(Protocol):
    """Reads foreign documents where no key is."""

    def survey(self, pdf: bytes, asked: Asked) -> Survey:
        """What is to be known of a document to seal it; raises DocumentRefused."""
        ...


@dataclass(slots=True, kw_only=True)
class Form:
    """What both updates change: the catalogue, the form, the page's annotations, the security store."""

    root: tuple[int, int]
    catalogue: Fields
    acroform: int
    form: Fields
    fields: list[bytes]
    annotations: tuple[int, int]
    on_page: list[bytes]
    page: bytes
    names: set[str]
    store: dict[str, list[bytes]]
    by_signature: bytes
    nowhere: bytes  # the rectangle of a field that shows nothing


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
    standards: tuple[Standing, ...] = ()
    chain: tuple[bytes, ...] = ()
    algorithm: str = ""
    signed: cms.SignedAttributes | None = field(default=None)

    @property
    def digest(self) -> bytes:
        """What is to be signed or stamped."""
        return self.message_digest if self.signed is None else self.signed.digest


class PdfWriter:
    """Satisfies the PdfSealer port."""

    def __init__(self, surveyor: Surveyor) -> None:
        self._surveyor = surveyor

    def prepare(self, pdf: bytes, profile: SealProfile, device: SigningDevice, *, at: datetime) -> Draft:
        """The document with its seal drawn and a place for the signature."""
        if problem := objection(profile):
            raise DocumentRefused(problem)
        asked = Asked(page=profile.page, visible=profile.visible, field=profile.field)
        survey = self._surveyor.survey(pdf, asked)
        if survey.certified and survey.wanted is None:
            # after a certification only a field that it left may be signed (ISO 32000-2 table 257)
            raise DocumentRefused("certified_without_field")
        if survey.names & {*profile.leaves}:
            raise DocumentRefused("field_unfit")
        return _first_update(pdf if survey.base is None else survey.base, survey, profile, device, at)

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
        widget: Fields = {"/Rect": draft.form.nowhere, "/V": f"{signature} 0 R".encode()}
        _put_field(increment, draft.form, _free_name(draft.form, STAMP), widget)
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
            standards=draft.standards,
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
        try:
            return cms.token_chain(token)
        except Malformed:
            raise StampUnavailable("stamp_unreadable") from None


def _first_update(pdf: bytes, survey: Survey, profile: SealProfile, device: SigningDevice, at: datetime) -> Draft:
    layout = survey.layout
    increment = Increment(layout)
    form = _form(survey, increment)
    certifies = survey.signatures == 0 and not profile.approves
    signature = increment.reserve()
    contents = _contents(cms.room(device.chain, stamped=True))
    # one moment for the mark, the dictionary and the claim: whole seconds, as PDF dates are
    moment = at.astimezone(UTC).replace(microsecond=0)
    permits = profile.permits if certifies else 0
    increment.put(signature, _signature_dictionary(profile, contents, moment, permits=permits))
    if certifies:
        # §12.8.2.2: the certification says what may follow
        form.catalogue["/Perms"] = objects.dictionary({"/DocMDP": f"{signature} 0 R".encode()})
    widget: Fields = {"/V": f"{signature} 0 R".encode()}
    where = _where(survey) if profile.visible else None
    if where is not None:
        widget["/AP"] = objects.dictionary({"/N": mark.draw(increment, compose(profile, moment), where)})
    if survey.wanted is not None:
        number, generation = survey.wanted.place
        increment.put(number, objects.dictionary({**survey.wanted.entries, **widget}), generation)
        _put_form(increment, form)
    else:
        widget["/Rect"] = _rectangle(where.box) if where is not None else form.nowhere
        _put_field(increment, form, profile.field or _free_name(form, FIELD), widget)
    for name in profile.leaves if certifies else ():
        _put_field(increment, form, name, {"/Rect": form.nowhere})
    _put_catalogue(increment, form)
    appended = increment.append_to(pdf)
    hole, digest = _open_hole(appended, signature, contents, cms.message_digest(device.signature_algorithm))
    return Draft(
        pdf=appended.pdf,
        layout=appended.layout,
        form=form,
        hole=hole,
        message_digest=digest,
        normalised=survey.base is not None,
        active=survey.active,
        standards=standings(
            survey.claims,
            Addition(
                visible=where is not None,
                image=bool(profile.image),
                tagged=False,
                rewritten=survey.base is not None,
            ),
        ),
        chain=device.chain,
        algorithm=device.signature_algorithm,
        signed=cms.attributes(digest, device.chain[0], device.signature_algorithm),
    )


def _where(survey: Survey) -> Place | None:
    """Where the mark stands: in the field that waits for it, or where the page is free."""
    page, wanted = survey.page, survey.wanted
    assert page is not None
    if wanted is None:
        return place(page.shown, page.rotation, page.unit, page.taken)
    if wanted.box.width <= 0 or wanted.box.height <= 0:
        return None
    return within(wanted.box, page.rotation)


def _rectangle(box: Box) -> bytes:
    return objects.array([objects.number(v) for v in (box.x0, box.y0, box.x1, box.y1)])


def _own(prepared: Prepared) -> Draft:
    assert isinstance(prepared, Draft)
    return prepared


def _signature_dictionary(profile: SealProfile, contents: bytes, at: datetime, *, permits: int) -> bytes:
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
    if permits:
        parameters = objects.dictionary({"/Type": b"/TransformParams", "/P": b"%d" % permits, "/V": b"/1.2"})
        reference = {
            "/Type": b"/SigRef",
            "/TransformMethod": b"/DocMDP",
            "/TransformParams": parameters,
            "/DigestMethod": b"/SHA256",
        }
        entries["/Reference"] = objects.array([objects.dictionary(reference)])
    return objects.dictionary(entries)


def _form(survey: Survey, increment: Increment) -> Form:
    page = survey.page
    assert page is not None
    catalogue = dict(survey.catalogue)
    number = survey.acroform or increment.reserve()
    catalogue["/AcroForm"] = f"{number} 0 R".encode()
    if page.annotations is None:
        annotations = (increment.reserve(), 0)
        entries = {**page.entries, "/Annots": f"{annotations[0]} 0 R".encode()}
        increment.put(page.place[0], objects.dictionary(entries), page.place[1])
        increment.put(annotations[0], objects.array(list(page.on_it)))
    else:
        annotations = page.annotations
    if survey.version < "1.7":
        catalogue["/Version"] = b"/1.7"
    if survey.version < "2.0" and "/Extensions" not in catalogue:
        # EN 319 142-1 §5.6: what says that ISO 32000-1 alone does not know DSS and document timestamps
        extension = {"/Type": b"/DeveloperExtensions", "/BaseVersion": b"/1.7", "/ExtensionLevel": b"2"}
        catalogue["/Extensions"] = objects.dictionary({"/ESIC": objects.dictionary(extension)})
    return Form(
        root=survey.root,
        catalogue=catalogue,
        acroform=number,
        form=dict(survey.form),
        fields=list(survey.fields),
        annotations=annotations,
        on_page=list(page.on_it),
        page=b"%d %d R" % page.place,
        names=set(survey.names),
        store={key: list(listed) for key, listed in survey.store.items()},
        by_signature=survey.by_signature,
        nowhere=OFF_THE_PAGE if "PDF/UA-1" in survey.claims else NOWHERE,
    )


def _free_name(form: Form, name: str) -> str:
    taken = {known.split(".", maxsplit=1)[0] for known in form.names}
    return next(f"{name}{count}" for count in range(1, len(taken) + 2) if f"{name}{count}" not in taken)


def _put_field(increment: Increment, form: Form, name: str, entries: Fields) -> None:
    form.names.add(name)
    reference = increment.add(
        objects.dictionary(
            {
                "/Type": b"/Annot",
                "/Subtype": b"/Widget",
                "/FT": b"/Sig",
                "/T": objects.string(name),
                "/TU": objects.string(name),
                "/F": PRINTED_AND_LOCKED,
                "/P": form.page,
                **entries,
            }
        )
    )
    form.fields.append(reference)
    form.on_page.append(reference)
    increment.put(form.annotations[0], objects.array(form.on_page), form.annotations[1])
    _put_form(increment, form)


def _put_form(increment: Increment, form: Form) -> None:
    whole = {**form.form, "/Fields": objects.array(form.fields), "/SigFlags": b"3"}
    increment.put(form.acroform, objects.dictionary(whole))


def _put_catalogue(increment: Increment, form: Form) -> None:
    increment.put(form.root[0], objects.dictionary(form.catalogue), form.root[1])


def _put_evidence(increment: Increment, form: Form, evidence: Evidence) -> None:
    """The document security store (EN 319 142-1 §5.4.2); what an earlier one held stays in it."""
    groups = {"/Certs": evidence.certificates, "/OCSPs": evidence.ocsps, "/CRLs": evidence.crls}
    entries: Fields = {"/Type": b"/DSS"}
    for key, values in groups.items():
        kept = form.store.setdefault(key, [])
        kept += [increment.add(objects.stream({}, der)) for der in values]
        if kept:
            entries[key] = objects.array(kept)
    if form.by_signature:
        entries["/VRI"] = form.by_signature
    form.catalogue["/DSS"] = increment.add(objects.dictionary(entries))
    _put_catalogue(increment, form)


def _contents(room: int) -> bytes:
    return b"<" + b"0" * (2 * room) + b">"


def _open_hole(
    appended: Appended, number: int, contents: bytes, algorithm: str = "sha256"
) -> tuple[tuple[int, int], bytes]:
    """Where the signature goes, after the byte range round it was written; and the digest of that range."""
    pdf, start = appended.pdf, appended.starts[number]
    opening = pdf.index(contents, start)
    closing = opening + len(contents)
    at = pdf.index(HOLE, start)
    written = f"/ByteRange [0 {opening} {closing} {len(pdf) - closing}]".encode()
    pdf[at : at + len(HOLE)] = written.ljust(len(HOLE))
    running = hashlib.new(algorithm, memoryview(pdf)[:opening])
    running.update(memoryview(pdf)[closing:])
    return (opening, closing), running.digest()


def _fill(draft: Draft, der: bytes) -> None:
    opening, closing = draft.hole
    digits = der.hex().encode()
    if len(digits) > closing - opening - 2:
        raise DocumentRefused("signature_too_long")
    draft.pdf[opening + 1 : opening + 1 + len(digits)] = digits
