"""Elements of the XML report, and its validation objects: certificates, lists, answers, timestamps (clause 4.4)."""

import base64
import hashlib
import re
from collections.abc import Iterable
from typing import Any
from xml.etree import ElementTree as ET

from trust.validation.report import FORM

SHA256 = "http://www.w3.org/2001/04/xmlenc#sha256"
OBJECT = "urn:etsi:019102:validationObject:"
# what XML 1.0 §2.2 knows no way to write
_UNWRITABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

Element = ET.Element


def element(name: str, *children: Element | None, **attributes: str) -> Element:
    """An element of the report's own namespace, unless the name says another."""
    made = ET.Element(name if ":" in name else f"vr:{name}", attributes)
    made.extend(child for child in children if child is not None)
    return made


def text(name: str, content: str, **attributes: str) -> Element:
    """An element of text; characters that XML cannot carry are replaced."""
    made = element(name, **attributes)
    made.text = _UNWRITABLE.sub("\ufffd", content)
    return made


def own(word: str) -> str:
    """A name of ours where a URI is asked for."""
    return f"{FORM}#{word}"


def additional(told: Iterable[tuple[str, object]]) -> Element | None:
    """What the standard has no element for, as typed text (clause 4.3.13)."""
    data = [
        element("ReportData", text("Type", own(name)), text("Value", str(value)))
        for name, value in told
        if value not in (None, "")
    ]
    return element("AdditionalValidationReportData", *data) if data else None


def digest_of(name: str, digest: bytes) -> Element:
    """A SHA-256 digest as XAdES writes it."""
    return element(
        name,
        element("ds:DigestMethod", Algorithm=SHA256),
        text("ds:DigestValue", base64.b64encode(digest).decode()),
    )


def reference(name: str, identities: Iterable[str]) -> Element | None:
    """A reference to objects, or None where there are none."""
    named = " ".join(dict.fromkeys(identities))
    return element(name, VOReference=named) if named else None


class Objects:
    """The objects of one report, each once, in the order in which they were first spoken of."""

    def __init__(self) -> None:
        self._found: dict[str, Element] = {}

    def certificate(self, der: bytes) -> str:
        """The identity of a certificate, which is carried whole."""
        whole = text("base64", base64.b64encode(der).decode())
        return self._add("C", "certificate", _sha256(der), whole)

    def crl(self, der: bytes) -> str:
        """The identity of a list, which is carried by its digest: lists may be large."""
        return self._add("R", "CRL", _sha256(der), digest_of("DigestAlgAndValue", _sha256(der)))

    def ocsp(self, der: bytes) -> str:
        """The identity of an answer, carried by its digest as well."""
        return self._add("O", "OCSPResponse", _sha256(der), digest_of("DigestAlgAndValue", _sha256(der)))

    def document(self, digest: bytes) -> str:
        """The identity of the file."""
        return self._add("D", "signedData", digest, digest_of("DigestAlgAndValue", digest))

    def timestamp(self, key: str, representation: Element, *more: Element | None) -> str:
        """The identity of a timestamp, with its own report."""
        return self._add("T", "timestamp", hashlib.sha256(key.encode()).digest(), representation, *more)

    def all(self) -> Element | None:
        """The list of them, or None where there are none."""
        return element("SignatureValidationObjects", *self._found.values()) if self._found else None

    def _add(self, letter: str, kind: str, digest: bytes, representation: Element, *more: Element | None) -> str:
        identity = f"{letter}-{digest.hex()}"
        if identity not in self._found:
            self._found[identity] = element(
                "ValidationObject",
                text("ObjectType", OBJECT + kind),
                element("ValidationObjectRepresentation", representation),
                *more,
                id=identity,
            )
        return identity


def _sha256(der: bytes) -> bytes:
    return hashlib.sha256(der).digest()


def written(root: Element, namespaces: dict[str, str]) -> bytes:
    """The document, with its namespaces declared once."""
    root.attrib.update(namespaces)
    ET.indent(root)
    made: Any = ET.tostring(root, encoding="UTF-8", xml_declaration=True)
    return bytes(made) + b"\n"
