"""Signed messages with SM2 (RFC 5652 SignedData, or GB/T 35275's with its own content types): their cryptography.

1. Read: one signer, its certificate, its attributes; every attribute once and with one value (RFC 5652 §11).
2. Compare the content: message digest and content type with what the caller gives.
3. Check the signature value over the attributes or, without any, over the content.
No certificate is trusted here.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from asn1crypto import cms, core, tsp, x509

from trust.guomi import certificate as certificates
from trust.guomi import der, signature, sm2, sm3
from trust.guomi.certificate import Certificate, same_name
from trust.guomi.der import Malformed
from trust.guomi.facts import GuomiFacts

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

DigestOf = Callable[[str], bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One signed message, taken apart."""

    container: str
    content_type: str
    carried: bytes | None = field(repr=False)
    certificates: tuple[bytes, ...] = field(repr=False)
    signer: Certificate | None
    digest: str
    algorithm: str
    attributes: bytes | None = field(repr=False)  # as they were signed
    signed: dict[str, tuple[bytes, ...]] = field(repr=False)
    unsigned: dict[str, tuple[bytes, ...]] = field(repr=False)
    value: bytes = field(repr=False)
    crls: tuple[bytes, ...] = field(repr=False)
    told_type: str = ""
    told_digest: bytes | None = field(default=None, repr=False)
    claimed_at: datetime | None = None
    named: tuple[str, bytes] | None = field(default=None, repr=False)  # the signer's certificate by digest (RFC 5035)


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


def facts(
    message: Message,
    digest_of: DigestOf,
    *,
    digest_after: Callable[[bytes], bytes] | None = None,
    identity: bytes = sm2.DISTINGUISHED_ID,
    content_inside: bool = False,
) -> GuomiFacts:
    """Whether the message's own cryptography holds over this content."""
    told = _told(message)
    if message.signer is None:
        return GuomiFacts(**told, problem="signer_certificate_missing")
    if message.digest not in sm3.NAMES.values():
        return GuomiFacts(**told, problem="algorithm_unsupported")
    told["names_signer"] = _names_signer(message, message.signer)
    carried, key = message.carried, message.signer.key
    if carried is None:
        form, bound, expected = "detached", not content_inside, digest_of(message.digest)
    else:
        expected = sm3.named(message.digest, carried) or b""
        same = carried == digest_of(message.digest)
        form, bound = "digest_inside" if same else "inside", same or content_inside
    told["form"] = form
    if message.attributes is not None:
        body = message.attributes
        bound = bound and message.told_digest == expected and _type_told(message)
    elif carried is not None:
        body = carried
    elif key.point is not None and digest_after is not None and message.digest == sm3.SM3:
        # nothing but the signature holds the content, so Z_A has to go before it (GB/T 32918.2 §7.1)
        digest = digest_after(sm2.identity_digest(key.point, identity))
        problem = sm2.objection(key.point, digest, message.value)
        if message.algorithm not in signature.SM2_IN_MESSAGES:
            problem = "algorithm_unsupported"
        return _concluded(told, intact=bound and problem is None, objection=problem)
    else:
        return GuomiFacts(**told, problem="content_needed")
    problem = signature.objection_in_message(
        key, message.algorithm, message.digest, body, message.value, identity=identity
    )
    return _concluded(told, intact=bound, objection=problem)


def _concluded(told: dict[str, Any], *, intact: bool, objection: str | None) -> GuomiFacts:
    unsupported = objection if objection == "algorithm_unsupported" else ""
    return GuomiFacts(
        **told, intact=intact, genuine=objection is None, objection=objection or "", problem=unsupported or ""
    )


def _told(message: Message) -> dict[str, Any]:
    """What the message says of itself."""
    ocsps, crls = _revocation(message)
    return {
        "container": message.container,
        "signer": message.signer.der if message.signer else b"",
        "certificates": message.certificates,
        "digest_algorithm": message.digest,
        "signature_algorithm": message.algorithm,
        "claimed_at": message.claimed_at,
        "ocsps": ocsps,
        "crls": (*crls, *message.crls),
    }


def _type_told(message: Message) -> bool:
    """RFC 5652 §11.1; the two ways to say "data" are one, since implementers mix them."""
    told = message.told_type
    return told == message.content_type or {told, message.content_type} <= DATA


def _names_signer(message: Message, signer: Certificate) -> str:
    """RFC 5035: whether the signed attributes name this certificate and no other."""
    if message.named is None:
        return ""
    digest, named = message.named
    return "matches" if sm3.named(digest, signer.der) == named else "differs"


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
    if signer["version"].native is None or oid not in {item["algorithm"].dotted for item in body["digest_algorithms"]}:
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
    for data in carried:
        try:
            found = certificates.read(data)
        except Malformed:
            continue  # a broken one among them is not the signer's
        if sid.name == "issuer_and_serial_number":
            named = sid.chosen
            if found.serial == named["serial_number"].native and found.issuer == same_name(named["issuer"]):
                return found
        elif found.subject_key is not None and found.subject_key == sid.chosen.native:
            return found
    return None


def _revocation(message: Message) -> tuple[tuple[bytes, ...], tuple[bytes, ...]]:
    """RevocationInfoArchival ::= SEQUENCE { crl [0] EXPLICIT …, ocsp [1] EXPLICIT …, otherRevInfo [2] EXPLICIT … }."""
    found: dict[int, list[bytes]] = {0xA0: [], 0xA1: [], 0xA2: []}
    for holder in (message.signed, message.unsigned):
        for archive in holder.get(REVOCATION_ARCHIVE, ()):
            try:
                for tagged in der.parts(archive, der.part(archive, 0, len(archive)).body, len(archive)):
                    listed = der.part(archive, tagged.body, tagged.end)
                    found.setdefault(tagged.tag, []).extend(
                        archive[item.start : item.end] for item in der.parts(archive, listed.body, listed.end)
                    )
            except Malformed:
                continue  # evidence that cannot be read is no evidence
    return tuple(found[0xA1]), tuple(found[0xA0])


def _items(value: Any) -> Any:
    return value if isinstance(value, core.SetOf | core.SequenceOf) else ()


def _length(number: int) -> bytes:
    if number < 0x80:
        return bytes((number,))
    digits = number.to_bytes((number.bit_length() + 7) // 8, "big")
    return bytes((0x80 | len(digits),)) + digits


def _time(data: bytes) -> datetime | None:
    value = x509.Time.load(data).native
    return value.astimezone(UTC) if isinstance(value, datetime) else None
