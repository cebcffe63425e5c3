"""Real PDFs with the mainland's signatures: what guomi's makers make, put into files by pyHanko."""

import io
from collections.abc import Callable, Sequence
from typing import Any

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.signers.cms_embedder import PdfCMSEmbedder, SigIOSetup, SigObjSetup
from pyhanko.sign.signers.pdf_byterange import DocumentTimestamp, SignatureObject

from tests.unit.trust.guomi.making import NOW, Holder, authority
from tests.unit.trust.guomi.messages import Plan, attribute, message, stamped, tlv, token

ADOBE, GM, SES, STAMP = "adbe.pkcs7.detached", "GM.sm2seal", "GM.SES", "ETSI.RFC3161"
ROOM = 24 * 1024


def put_in(
    pdf: bytes,
    value_of: Callable[[bytes], bytes],
    *,
    name: str = "Signature1",
    sub_filter: str = ADOBE,
    room: int = ROOM,
) -> bytes:
    """The document with one more signature, whose value is made from the bytes that it covers."""
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf), strict=False)
    holder: Any = (
        DocumentTimestamp(bytes_reserved=room)  # type: ignore[no-untyped-call]
        if sub_filter == STAMP
        else SignatureObject(timestamp=NOW, subfilter=SigSeedSubFilter.ADOBE_PKCS7_DETACHED, bytes_reserved=room)
    )
    holder["/SubFilter"] = generic.NameObject("/" + sub_filter)
    steps = PdfCMSEmbedder().write_cms(name, writer)
    next(steps)
    steps.send(SigObjSetup(sig_placeholder=holder))
    prepared, out = steps.send(SigIOSetup(md_algorithm="sha256", in_place=True))
    whole = out.getvalue()
    covered = whole[: prepared.reserved_region_start] + whole[prepared.reserved_region_end :]
    steps.send(value_of(covered))
    return bytes(out.getvalue())


def signed(pdf: bytes, holder: Holder | None = None, plan: Plan | None = None, **how: Any) -> bytes:
    """Signed with a message."""
    return put_in(pdf, lambda covered: message(covered, holder, plan), **how)


def stamped_later(pdf: bytes, holder: Holder | None = None) -> bytes:
    """With a document timestamp of SM2 over SM3."""
    return put_in(pdf, lambda covered: token(covered, holder=holder), name="Stamp", sub_filter=STAMP)


def with_token(**how: Any) -> Plan:
    """A message whose value a timestamp covers."""
    return stamped(lambda value: token(value, **how))


def with_archive(ocsps: Sequence[bytes] = (), crls: Sequence[bytes] = ()) -> bytes:
    """Adobe's attribute of revocation data."""
    listed = [tlv(tag, tlv(0x30, *bodies)) for tag, bodies in ((0xA0, crls), (0xA1, ocsps)) if bodies]
    return attribute("1.2.840.113583.1.1.8", tlv(0x30, *listed))


def with_store(pdf: bytes, *, ocsps: Sequence[bytes] = (), crls: Sequence[bytes] = ()) -> bytes:
    """With evidence in the document's own store."""
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf), strict=False)

    def kept(bodies: Sequence[bytes]) -> Any:
        return generic.ArrayObject(writer.add_object(generic.StreamObject(stream_data=body)) for body in bodies)

    named = {generic.NameObject("/Type"): generic.NameObject("/DSS")}
    store = generic.DictionaryObject(named)  # type: ignore[no-untyped-call]
    for name, bodies in (("/OCSPs", ocsps), ("/CRLs", crls), ("/Certs", (authority().der,))):
        if bodies:
            store[generic.NameObject(name)] = kept(bodies)
    writer.root[generic.NameObject("/DSS")] = writer.add_object(store)
    writer.update_root()  # type: ignore[no-untyped-call]
    out = io.BytesIO()
    writer.write(out)  # type: ignore[no-untyped-call]
    return out.getvalue()
