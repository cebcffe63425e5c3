"""Sign a trusted list: XAdES baseline B, enveloped, exclusive canonicalisation (TS 119 612 annex B, EN 319 132-1)."""

import base64
import hashlib
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from lxml import etree

from trust.ports.sealing import SigningDevice
from trust.trust_lists.markup import DS, ENVELOPED, EXCLUSIVE, PROPERTIES, XADES, Element, canonical, name
from trust.trust_lists.write import instant

SHA256 = "http://www.w3.org/2001/04/xmlenc#sha256"
METHODS = {
    "sha256_ecdsa": "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256",
    "sha256_rsa": "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
}
FIELD = 32  # bytes of a P-256 number (RFC 6931 §2.3.6)


def sign(root: Element, device: SigningDevice, *, at: datetime) -> bytes:
    """The list's bytes with its signature as the last element; only digests reach the key."""
    listed = base64.b64encode(hashlib.sha256(canonical(root)).digest()).decode()
    signature = etree.SubElement(root, name(DS, "Signature"), nsmap={"ds": DS})
    signature.set("Id", "signature")
    info = _child(signature, "SignedInfo")
    value = _child(signature, "SignatureValue")
    held = _child(_child(_child(signature, "KeyInfo"), "X509Data"), "X509Certificate")
    held.text = base64.b64encode(device.chain[0]).decode()
    properties = _properties(signature, device.chain[0], at)
    _child(info, "CanonicalizationMethod", EXCLUSIVE)
    _child(info, "SignatureMethod", METHODS[device.signature_algorithm])
    # the reference to the whole document comes first, so that DataObjectFormat can point at it
    _reference(info, "", listed, (ENVELOPED, EXCLUSIVE)).set("Id", "list")
    digest = base64.b64encode(hashlib.sha256(canonical(properties)).digest()).decode()
    _reference(info, "#signed-properties", digest, (EXCLUSIVE,)).set("Type", PROPERTIES)
    made = device.sign(hashlib.sha256(canonical(info)).digest())
    if device.signature_algorithm == "sha256_ecdsa":
        r, s = decode_dss_signature(made)
        made = r.to_bytes(FIELD, "big") + s.to_bytes(FIELD, "big")
    value.text = base64.b64encode(made).decode()
    signed: bytes = etree.tostring(root, encoding="UTF-8", xml_declaration=True)
    return signed


def _properties(signature: Element, certificate: bytes, at: datetime) -> Element:
    """What is signed besides the list: when, with which certificate, and what the list is (EN 319 132-1 §5.2)."""
    qualifying = etree.SubElement(
        _child(signature, "Object"), name(XADES, "QualifyingProperties"), nsmap={"xades": XADES}
    )
    qualifying.set("Target", "#signature")
    properties = etree.SubElement(qualifying, name(XADES, "SignedProperties"))
    properties.set("Id", "signed-properties")
    own = etree.SubElement(properties, name(XADES, "SignedSignatureProperties"))
    etree.SubElement(own, name(XADES, "SigningTime")).text = instant(at)
    named = etree.SubElement(
        etree.SubElement(etree.SubElement(own, name(XADES, "SigningCertificateV2")), name(XADES, "Cert")),
        name(XADES, "CertDigest"),
    )
    _child(named, "DigestMethod", SHA256)
    _child(named, "DigestValue").text = base64.b64encode(hashlib.sha256(certificate).digest()).decode()
    data = etree.SubElement(properties, name(XADES, "SignedDataObjectProperties"))
    form = etree.SubElement(data, name(XADES, "DataObjectFormat"))
    form.set("ObjectReference", "#list")
    etree.SubElement(form, name(XADES, "MimeType")).text = "text/xml"
    return properties


def _reference(info: Element, uri: str, digest: str, transforms: tuple[str, ...]) -> Element:
    element = _child(info, "Reference")
    element.set("URI", uri)
    steps = _child(element, "Transforms")
    for algorithm in transforms:
        _child(steps, "Transform", algorithm)
    _child(element, "DigestMethod", SHA256)
    _child(element, "DigestValue").text = digest
    return element


def _child(into: Element, local: str, algorithm: str = "") -> Element:
    element = etree.SubElement(into, name(DS, local))
    if algorithm:
        element.set("Algorithm", algorithm)
    return element
