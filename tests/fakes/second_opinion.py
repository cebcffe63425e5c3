"""pyHanko's own validation of a document, with the evidence that is in it and with its difference analysis."""

import io
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from asn1crypto import crl, ocsp, x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import (
    DocumentSecurityStore,
    async_validate_pdf_signature,
    async_validate_pdf_timestamp,
)
from pyhanko.sign.validation.errors import NoDSSFoundError
from pyhanko_certvalidator import ValidationContext


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinion:
    """What pyHanko says of one signature or document timestamp."""

    field: str
    is_stamp: bool
    intact: bool  # the bytes are those that were signed, and the signature is the signer's
    valid: bool  # and it is trusted, and nothing forbidden followed
    changes: str  # its word for what followed


async def opinions(
    pdf: bytes, roots: Iterable[x509.Certificate], moment: datetime, others: Iterable[x509.Certificate] = ()
) -> tuple[Opinion, ...]:
    """On everything signed in a document, in its order. Raises whatever pyHanko raises."""
    reader = PdfFileReader(io.BytesIO(pdf), strict=False)
    known: dict[str, Any] = {"trust_roots": list(roots), "moment": moment, "allow_fetching": False}
    try:
        store = DocumentSecurityStore.read_dss(reader)
        known |= {"other_certs": [*others, *store.load_certs()], "ocsps": _loaded(store.ocsps, ocsp.OCSPResponse)}
        known |= {"crls": _loaded(store.crls, crl.CertificateList)}
    except (NoDSSFoundError, ValueError):  # none, or one that holds something else: then without
        known |= {"other_certs": list(others)}
    context = ValidationContext(**known)
    found = []
    for signature in reader.embedded_signatures:
        is_stamp = signature.sig_object.get("/Type") == "/DocTimeStamp"
        check = async_validate_pdf_timestamp if is_stamp else async_validate_pdf_signature
        status = await check(signature, context)
        level = getattr(status, "modification_level", None)
        found.append(
            Opinion(
                field=signature.field_name,
                is_stamp=is_stamp,
                intact=status.intact and status.valid,
                valid=status.bottom_line if hasattr(status, "bottom_line") else status.intact and status.valid,
                changes=level.name if level is not None else "",
            )
        )
    return tuple(found)


def _loaded(streams: Iterable[Any], kind: Any) -> list[Any]:
    return [kind.load(stream.get_object().data) for stream in streams]
