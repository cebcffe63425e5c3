"""The SignedData of a message, taken apart (RFC 5652 §5; GB/T 35275 §8, which has its own content types).

One signer, its certificate, its attributes; every attribute once, and those that we use with one value (§11).
The outer structure may be BER, as RFC 5652 allows and Bouncy Castle writes; what is signed is taken as it stands.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from asn1crypto import cms, core, tsp, x509

from trust.frozen import Frozen, Hidden
from trust.guomi import certificate as certificates
from trust.guomi import der, sm3
from trust.guomi.certificate import Certificate, same_name
from trust.guomi.der import Malformed
from trust.guomi.instant import instant

MOST_CERTIFICATES = 200
SIGNED_DATA = "1.2.840.113549.1.7.2"
GM_SIGNED_DATA = "1.2.156.10197.6.1.4.2.2"  # GB/T 35275 §5
DATA = frozenset({"1.2.840.113549.1.7.1", "1.2.156.10197.6.1.4.2.1"})
CONTENT_TYPE = "1.2.840.113549.1.9.3"
MESSAGE_DIGEST = "1.2.840.113549.1.9.4"
SIGNING_TIME = "1.2.840.113549.1.9.5"
SIGNING_CERTIFICATE = "1.2.840.113549.1.9.16.2.12"
SIGNING_CERTIFICATE_V2 = "1.2.840.113549.1.9.16.2.47"
TIMESTAMP = "1.2.840.113549.1.9.16.2.14"
REVOCATION_ARCHIVE = "1.2.840.113583.1.1.8"  # Adobe's, ISO 32000-2 §12.8.3.3.2
SINGLE = frozenset({CONTENT_TYPE, MESSAGE_DIGEST, SIGNING_TIME, SIGNING_CERTIFICATE, SIGNING_CERTIFICATE_V2})
SET = b"\x31"
VERSIONS = frozenset({"v1", "v3"})  # of a message (RFC 5652 §5.1, where signers write either; GB/T 35275 §8: 1)


class Message(Frozen):
    """One signed message, taken apart."""

    container: str
    content_type: str
    carried: Hidden[bytes | None]
    certificates: Hidden[tuple[bytes, ...]]
    signer: Certificate | None
    digest: str
    algorithm: str
    attributes: Hidden[bytes | None]  # as they were signed
    signed: Hidden[dict[str, tuple[bytes, ...]]]
    unsigned: Hidden[dict[str, tuple[bytes, ...]]]
    value: Hidden[bytes]
    crls: Hidden[tuple[bytes, ...]]
    told_type: str = ""
    told_digest: Hidden[bytes | None] = None
    claimed_at: datetime | None = None
    named: Hidden[tuple[str, bytes] | None] = None  # the signer's certificate by digest (RFC 5035)


def read(data: bytes) -> Message:
    """The message in these bytes, which may be filled up with zeros; raises Malformed."""
    if problem := der.objection(data, ber=True, padded=True):
        raise Malformed(problem)
    try:
        return _read(der.unpadded(data, ber=True))
    except Malformed:
        raise
    except Exception as mishap:  # a parser of foreign bytes: whatever it raises, this is no message
        raise Malformed("cms_malformed") from mishap


def _read(data: bytes) -> Message:
    outer = cms.ContentInfo.load(data)
    kind = outer["content_type"].dotted
    if kind not in {SIGNED_DATA, GM_SIGNED_DATA}:
        raise Malformed("not_signed_data")
    body = outer["content"].parse(cms.SignedData) if kind == GM_SIGNED_DATA else outer["content"]
    if len(body["signer_infos"]) != 1:
        raise Malformed("cms_several_signers")  # ISO 32000-2 §12.8.3.3.2: exactly one
    signer, inner = body["signer_infos"][0], body["encap_content_info"]
    listed = [choice for choice in _items(body["certificates"]) if choice.name == "certificate"]
    carried = tuple(choice.chosen.dump() for choice in listed[:MOST_CERTIFICATES])
    attributes = signer["signed_attrs"]
    present = isinstance(attributes, core.SetOf)
    oid = signer["digest_algorithm"]["algorithm"].dotted
    signed = _attributes(attributes)
    named = "v1" if signer["sid"].name == "issuer_and_serial_number" else "v3"  # RFC 5652 §5.3
    if body["version"].native not in VERSIONS or signer["version"].native != named or not _filled(data):
        raise Malformed("cms_malformed")  # nobody signs these; but what was touched must not look untouched
    if oid not in {item["algorithm"].dotted for item in body["digest_algorithms"]}:
        raise Malformed("cms_malformed")  # RFC 5652 §5.1: a reader that goes once through the content needs them all
    if any(len(values) != 1 for attribute, values in signed.items() if attribute in SINGLE):
        raise Malformed("attributes_malformed")
    only = {attribute: values[0] for attribute, values in signed.items() if attribute in SINGLE}
    return Message(
        container="gm" if kind == GM_SIGNED_DATA else "cms",
        content_type=inner["content_type"].dotted,
        carried=_carried(inner["content"]),
        certificates=carried,
        signer=_signer(signer["sid"], carried),
        digest=sm3.NAMES.get(oid, oid),
        algorithm=signer["signature_algorithm"]["algorithm"].dotted,
        attributes=SET + _length(len(attributes.contents)) + attributes.contents if present else None,
        signed=signed,
        unsigned=_attributes(signer["unsigned_attrs"]),
        value=bytes(signer["signature"]),
        crls=tuple(choice.chosen.dump() for choice in _items(body["crls"]) if choice.name == "crl"),
        told_type=core.ObjectIdentifier.load(only[CONTENT_TYPE]).dotted if CONTENT_TYPE in only else "",
        told_digest=bytes(core.OctetString.load(only[MESSAGE_DIGEST])) if MESSAGE_DIGEST in only else None,
        claimed_at=_time(only[SIGNING_TIME]) if SIGNING_TIME in only else None,
        named=_named(only),
    )


def _filled(data: bytes) -> bool:
    """Whether each structure of the frame holds its values and nothing besides; not asked of indefinite lengths."""
    at, end = 0, len(data)
    for least, most in ((1, 1), (2, 2), (1, 1), (4, 6)):
        found: list[der.Part] = []
        while at < end:
            found.append(der.part(data, at, end, ber=True))
            at = found[-1].end
            if at == der.UNENDING:
                return True
        if not least <= len(found) <= most:
            return False
        at, end = found[-1].body, found[-1].end
    return True


def _named(only: dict[str, bytes]) -> tuple[str, bytes] | None:
    if newer := only.get(SIGNING_CERTIFICATE_V2):
        first = tsp.SigningCertificateV2.load(newer)["certs"][0]
        return sm3.NAMES.get(first["hash_algorithm"]["algorithm"].dotted, ""), first["cert_hash"].native
    if older := only.get(SIGNING_CERTIFICATE):
        return "sha1", tsp.SigningCertificate.load(older)["certs"][0]["cert_hash"].native
    return None


def _carried(content: Any) -> bytes | None:
    """What the message carries inside; None only if there is nothing, so that no content can hide."""
    if isinstance(content, core.Void):
        return None
    if isinstance(content, core.Any):
        content = content.parse(core.OctetString)
    if not isinstance(content, core.OctetString | core.ParsableOctetString):
        raise Malformed("cms_malformed")  # PKCS #7's other contents
    return bytes(content)


def _attributes(listed: Any) -> dict[str, tuple[bytes, ...]]:
    found: dict[str, tuple[bytes, ...]] = {}
    for attribute in _items(listed):
        oid = attribute["type"].dotted
        if oid in found:
            raise Malformed("attributes_malformed")  # RFC 5652 §5.3: an attribute has one place
        found[oid] = tuple(value.dump() for value in attribute["values"])
    return found


def _signer(sid: Any, carried: Iterable[bytes]) -> Certificate | None:
    by_number = sid.name == "issuer_and_serial_number"
    if by_number and len(sid.chosen["issuer"].dump()) > certificates.LARGEST:
        raise Malformed("too_large")
    issuer = same_name(sid.chosen["issuer"]) if by_number else ""
    for data in carried:
        try:
            found = certificates.read(data)
        except Malformed:
            continue  # a broken one among them is not the signer's
        if by_number:
            copied = x509.Name.load(found.issuer_der).native == sid.chosen["issuer"].native  # in the same letters, too
            if found.serial == sid.chosen["serial_number"].native and found.issuer == issuer and copied:
                return found
        elif found.subject_key is not None and found.subject_key == sid.chosen.native:
            return found
    return None


def _items(value: Any) -> Any:
    return value if isinstance(value, core.SetOf | core.SequenceOf) else ()


def _length(number: int) -> bytes:
    if number < 0x80:
        return bytes((number,))
    digits = number.to_bytes((number.bit_length() + 7) // 8, "big")
    return bytes((0x80 | len(digits),)) + digits


def _time(data: bytes) -> datetime:
    return instant(x509.Time.load(data).native)
