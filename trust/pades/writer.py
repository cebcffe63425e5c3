"""Writes a signature into a PDF: PAdES B-B to B-LTA (EN 319 142-1), in two incremental updates.

1. A process without keys surveys the document (trust/pades/survey.py); this one only writes.
2. The first update holds the signature field, its visible mark and the signature with a reserved place.
3. Whoever holds the key signs the digest of the signed attributes; a timestamp over that value joins it.
4. The second update holds certificates and revocation data (DSS) and a document timestamp over all of it.

The document is read once, hashed once an update, and nothing is signed twice to find out how long it gets.
"""

import hashlib
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import lru_cache
from typing import Protocol

from cryptography import x509

from trust.errors import DocumentRefused, KeyUnavailable, StampUnavailable
from trust.guomi.der import Malformed
from trust.pades import cms, mark, objects
from trust.pades.form import (
    Form,
    free_name,
    open_form,
    put_catalogue,
    put_evidence,
    put_field,
    put_form,
    put_into_structure,
)
from trust.pades.increment import Appended, Increment
from trust.pades.objects import Fields
from trust.pades.survey import Asked, Survey
from trust.pades.xref import Layout
from trust.ports.sealing import Evidence, Prepared, Reserved, SigningDevice
from trust.signing.appearance import compose
from trust.signing.placement import Box, Place, place, within
from trust.signing.profile import SealProfile, objection
from trust.signing.standards import Addition, Standing, standings

HOLE = b"/ByteRange [0 9999999999 9999999999 9999999999]"
# PAdES, whose message names its certificate; and ISO 32000's own, for messages that do not
PADES, PKCS7 = b"/ETSI.CAdES.detached", b"/adbe.pkcs7.detached"
FIELD, STAMP = "Seal", "ArchiveTimestamp"
# The archive timestamp's token, in bytes
STAMP_ROOM = 12_288
FOREIGN_ROOM = 24_576  # a message that another service makes, with its timestamp and evidence


class Surveyor(Protocol):
    """Reads foreign documents where no key is."""

    def survey(self, pdf: bytes, asked: Asked) -> Survey:
        """What is to be known of a document to seal it; raises DocumentRefused."""
        ...


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
    opened: Increment | None = None  # an update that opening the document has begun

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
        algorithm, chain = device.signature_algorithm, device.chain
        first, last = _period(chain[0])
        if not first <= at <= last:
            raise KeyUnavailable("seal_certificate_not_valid_now")  # what it sealed now would be believed by nobody
        room = cms.room(chain, stamped=True)
        draft = self._prepared(pdf, profile, room=room, hashed=cms.message_digest(algorithm), at=at)
        signed = cms.attributes(draft.message_digest, chain[0], algorithm)
        return replace(draft, chain=chain, algorithm=algorithm, signed=signed)

    def reserve(self, pdf: bytes, profile: SealProfile, *, at: datetime, names_certificate: bool = True) -> Reserved:
        """The document with a place for a whole message that somebody else makes over its digest."""
        sub_filter = PADES if names_certificate else PKCS7
        draft = self._prepared(pdf, profile, room=FOREIGN_ROOM, hashed="sha256", at=at, sub_filter=sub_filter)
        return Reserved(content=bytes(draft.pdf), hole=draft.hole, digest=draft.message_digest)

    def place(self, reserved: Reserved, message: bytes) -> bytes:
        """The document with that message in its place."""
        return _filled(bytearray(reserved.content), reserved.hole, message)

    def reopen(self, pdf: bytes) -> Draft:
        """A signed document, to add evidence and an archive timestamp to it."""
        survey = self._surveyor.survey(pdf, Asked(visible=False))
        if survey.base is not None:
            raise DocumentRefused("signed_and_damaged")
        opened = Increment(survey.layout)
        return Draft(
            pdf=bytearray(pdf),
            layout=survey.layout,
            form=open_form(survey, opened),
            opened=opened,
            hole=(0, 0),
            message_digest=b"",
            normalised=False,
            active=survey.active,
        )

    def _prepared(
        self, pdf: bytes, profile: SealProfile, *, room: int, hashed: str, at: datetime, sub_filter: bytes = PADES
    ) -> Draft:
        if problem := objection(profile):
            raise DocumentRefused(problem)
        asked = Asked(page=profile.page, visible=profile.visible, field=profile.field)
        survey = self._surveyor.survey(pdf, asked)
        if survey.certified and survey.wanted is None:
            # after a certification only a field that it left may be signed (ISO 32000-2 table 257)
            raise DocumentRefused("certified_without_field")
        if survey.names & {*profile.leaves}:
            raise DocumentRefused("field_unfit")
        base = pdf if survey.base is None else survey.base
        return _first_update(base, survey, profile, room=room, hashed=hashed, at=at, sub_filter=sub_filter)

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
        """The signed document with evidence, if there is any, and a place for a document timestamp over all of it."""
        draft = _own(prepared)
        increment = draft.opened or Increment(draft.layout)
        if evidence.certificates:
            put_evidence(increment, draft.form, evidence)
        elif draft.opened is not None:
            put_catalogue(increment, draft.form)
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
        put_field(increment, draft.form, free_name(draft.form, STAMP), widget)
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
        increment = draft.opened or Increment(draft.layout)
        put_evidence(increment, draft.form, evidence)
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


def _first_update(
    pdf: bytes, survey: Survey, profile: SealProfile, *, room: int, hashed: str, at: datetime, sub_filter: bytes
) -> Draft:
    layout = survey.layout
    increment = Increment(layout)
    form = open_form(survey, increment)
    certifies = survey.signatures == 0 and not profile.approves
    signature = increment.reserve()
    contents = _contents(room)
    # one moment for the mark, the dictionary and the claim: whole seconds, as PDF dates are
    moment = at.astimezone(UTC).replace(microsecond=0)
    permits = profile.permits if certifies else 0
    increment.put(signature, _signature_dictionary(profile, contents, moment, sub_filter, permits=permits))
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
        put_form(increment, form)
    else:
        widget["/Rect"] = _rectangle(where.box) if where is not None else form.nowhere
        tagged = survey.tags if where is not None else None
        if tagged is not None:
            widget["/StructParent"] = b"%d" % tagged.next_key
        reference = put_field(increment, form, profile.field or free_name(form, FIELD), widget)
        if tagged is not None:
            put_into_structure(increment, tagged, reference, form.page, profile.agency)
    for name in profile.leaves if certifies else ():
        put_field(increment, form, name, {"/Rect": form.nowhere})
    put_catalogue(increment, form)
    appended = increment.append_to(pdf)
    hole, digest = _open_hole(appended, signature, contents, hashed)
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
                tagged=survey.tags is not None,
                rewritten=survey.base is not None,
            ),
        ),
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


def _signature_dictionary(
    profile: SealProfile, contents: bytes, at: datetime, sub_filter: bytes, *, permits: int
) -> bytes:
    entries: Fields = {
        "/Type": b"/Sig",
        "/Filter": b"/Adobe.PPKLite",
        "/SubFilter": sub_filter,
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
    _filled(draft.pdf, draft.hole, der)


def _filled(pdf: bytearray, hole: tuple[int, int], der: bytes) -> bytes:
    opening, closing = hole
    digits = der.hex().encode()
    if len(digits) > closing - opening - 2:
        raise DocumentRefused("signature_too_long")
    pdf[opening + 1 : opening + 1 + len(digits)] = digits
    return bytes(pdf)


@lru_cache(maxsize=64)
def _period(der: bytes) -> tuple[datetime, datetime]:
    """From when and until when a certificate is valid (RFC 5280 §4.1.2.5)."""
    certificate = x509.load_der_x509_certificate(der)
    return certificate.not_valid_before_utc, certificate.not_valid_after_utc
