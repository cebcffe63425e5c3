"""Verify a trusted list's signature, and give back only what was signed (XML Signature: see what is signed).

The shape is fixed before any cryptography: one signature, the root's own child; two references, the whole document and
the signed properties; no transform but enveloped and exclusive canonicalisation; SHA-2; a certificate that was named
beforehand. The signature itself is checked by signxml.
"""

from collections.abc import Callable, Iterable
from datetime import datetime

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from lxml import etree
from signxml.algorithms import DigestAlgorithm, SignatureMethod
from signxml.exceptions import SignXMLException
from signxml.xades.xades import XAdESSignatureConfiguration, XAdESVerifier

from trust.errors import TrustListRefused
from trust.trust_lists.markup import DS, ENVELOPED, EXCLUSIVE, PROPERTIES, TSL, XADES, Element, name, parse

METHODS = frozenset(
    getattr(SignatureMethod, word)
    for word in (
        *(f"RSA_SHA{size}" for size in (256, 384, 512)),
        *(f"ECDSA_SHA{size}" for size in (256, 384, 512)),
        *(f"SHA{size}_RSA_MGF1" for size in (256, 384, 512)),
    )
)
DIGESTS = frozenset({DigestAlgorithm.SHA256, DigestAlgorithm.SHA384, DigestAlgorithm.SHA512})
ROOT = name(TSL, "TrustServiceStatusList")
SIGNATURE = name(DS, "Signature")
REFERENCES = f"{name(DS, 'SignedInfo')}/{name(DS, 'Reference')}"


def signed_part(data: bytes, signers: Iterable[bytes], *, at: datetime) -> Element:
    """The root element as it was signed by one of these certificates (DER), valid at the moment.

    Raises TrustListRefused.
    """
    root = parse(data)
    if root.tag != ROOT:
        raise TrustListRefused("not_a_trust_list")
    if problem := objection(root):
        raise TrustListRefused(problem)
    config = XAdESSignatureConfiguration(
        location="./",
        expect_references=2,
        signature_methods=METHODS,
        digest_algorithms=DIGESTS,
        verification_time=at,
    )
    refused = "no_signer_known"
    for der in signers:
        try:
            certificate = x509.load_der_x509_certificate(der)
            results = XAdESVerifier().verify(data, x509_cert=certificate, expect_config=config)
        # whatever a foreign signature does to the libraries, it does not hold
        except (SignXMLException, etree.LxmlError, UnsupportedAlgorithm, ValueError, TypeError, AttributeError):
            refused = "signature_invalid"
            continue
        for result in results:
            if result.signed_xml is not None and result.signed_xml.tag == ROOT:
                signed: Element = result.signed_xml
                return signed
    raise TrustListRefused(refused)


def _is_signed(root: Element) -> bool:
    return next(root.iter(SIGNATURE), None) is not None


def _is_in_place(root: Element) -> bool:
    """One signature, the last thing in the list (§5.2.2, annex B)."""
    return len(list(root.iter(SIGNATURE))) == 1 and root[-1].tag == SIGNATURE


def _is_unambiguous(root: Element) -> bool:
    """No two elements answer to one name."""
    named = [value for element in root.iter() for key, value in element.attrib.items() if key.lower() == "id"]
    return len(named) == len(set(named))


def _covers_all(root: Element) -> bool:
    """One reference to the whole document, one to the only signed properties, and no other."""
    references = root[-1].findall(REFERENCES)
    properties = root[-1].findall(f".//{name(XADES, 'SignedProperties')}")
    if len(references) != 2 or len(properties) != 1:
        return False
    whole = {""} | ({f"#{root.get('Id')}"} if root.get("Id") else set())
    first, second = sorted(references, key=lambda each: each.get("Type") == PROPERTIES)
    return (
        first.get("URI") in whole
        and second.get("Type") == PROPERTIES
        and second.get("URI") == f"#{properties[0].get('Id')}"
    )


def _changes_nothing(root: Element) -> bool:
    """No transform that could make something else of what is shown; signxml passes over those that it does not know."""
    for reference in root[-1].findall(REFERENCES):
        steps = reference.findall(f"{name(DS, 'Transforms')}/{name(DS, 'Transform')}")
        done = [each.get("Algorithm") for each in steps]
        expected = ([EXCLUSIVE], []) if reference.get("Type") == PROPERTIES else ([ENVELOPED, EXCLUSIVE],)
        if done not in expected or any(len(each) for each in steps):
            return False
    return True


# In this order: a later rule relies on the earlier ones.
SHAPE: dict[str, Callable[[Element], bool]] = {
    "not_signed": _is_signed,
    "signature_misplaced": _is_in_place,
    "identifiers_ambiguous": _is_unambiguous,
    "references_unexpected": _covers_all,
    "transforms_unexpected": _changes_nothing,
}


def objection(root: Element) -> str | None:
    """What keeps the signature from having the only shape that is taken, or None."""
    return next((name_ for name_, holds in SHAPE.items() if not holds(root)), None)
