"""Where a list of lists says that other lists are, and whose signatures to believe there (TS 119 612 §5.3.13)."""

import base64
from collections.abc import Iterator

from trust.anchors.trust_list import Pointer
from trust.errors import TrustListRefused
from trust.trust_lists.markup import TSL, Element, name

ADDITIONAL_TYPES = "http://uri.etsi.org/02231/v2/additionaltypes#"
XML = "application/vnd.etsi.tsl+xml"
MOST = 200
MOST_CERTIFICATES = 64  # of one operator


def read(scheme: Element) -> tuple[Pointer, ...]:
    """Pointers to lists for programs; those to lists for people are passed over. Raises TrustListRefused."""
    listed = scheme.find(name(TSL, "PointersToOtherTSL"))
    found = [] if listed is None else listed.findall(name(TSL, "OtherTSLPointer"))
    if len(found) > MOST:
        raise TrustListRefused("pointers_too_many")
    return tuple(_pointer(each) for each in found if XML in _said(each, ADDITIONAL_TYPES, "MimeType"))


def _pointer(element: Element) -> Pointer:
    location = (element.findtext(name(TSL, "TSLLocation")) or "").strip()
    territory = next(_said(element, TSL, "SchemeTerritory"), "")
    if not location or not territory or len(location) > 2000:
        raise TrustListRefused("pointer_unfit")
    certificates = list(element.iter(name(TSL, "X509Certificate")))[:MOST_CERTIFICATES]
    return Pointer(territory=territory, location=location, signers=tuple(map(_certificate, certificates)))


def _said(element: Element, namespace: str, local: str) -> Iterator[str]:
    for found in element.iter(name(namespace, local)):
        yield (found.text or "").strip()


def _certificate(element: Element) -> bytes:
    try:
        return base64.b64decode("".join((element.text or "").split()), validate=True)
    except ValueError:
        raise TrustListRefused("certificate_not_base64") from None
