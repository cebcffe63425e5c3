"""XML without its dangers: bounded size and depth, no document type, no entities, no network; and its namespaces."""

from typing import TypeAlias

from lxml import etree

from trust.anchors.trust_list import LARGEST
from trust.errors import TrustListRefused

TSL = "http://uri.etsi.org/02231/v2#"
DS = "http://www.w3.org/2000/09/xmldsig#"
XADES = "http://uri.etsi.org/01903/v1.3.2#"
# how a list is signed: as a whole but its signature, and with what is said of the signer
EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#"
ENVELOPED = f"{DS}enveloped-signature"
PROPERTIES = "http://uri.etsi.org/01903#SignedProperties"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"

MOST_ELEMENTS = 400_000
DEEPEST = 40  # a list needs about 20

Element: TypeAlias = etree._Element


def parse(data: bytes) -> Element:
    """The root element. Raises TrustListRefused."""
    if len(data) > LARGEST:
        raise TrustListRefused("list_too_large")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False
    )
    try:
        root: Element = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError):
        raise TrustListRefused("not_xml") from None
    if root.getroottree().docinfo.doctype or root.getroottree().docinfo.internalDTD is not None:
        raise TrustListRefused("document_type_present")
    _bound(root)
    return root


def name(namespace: str, local: str) -> str:
    """A qualified name."""
    return f"{{{namespace}}}{local}"


def canonical(element: Element) -> bytes:
    """Exclusive canonical XML, without comments."""
    text: bytes = etree.tostring(element, method="c14n", exclusive=True, with_comments=False)
    return text


def _bound(root: Element) -> None:
    depth = count = 0
    for event, _ in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        count += event == "start"
        if depth > DEEPEST:
            raise TrustListRefused("too_deep")
        if count > MOST_ELEMENTS:
            raise TrustListRefused("too_many_elements")
