"""Makes signed messages and timestamp tokens, honest ones and others, around signatures by OpenSSL."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from asn1crypto import algos, cms, core, tsp

from tests.unit.trust.guomi.making import NOW, SM3, Holder, Wish, authority, digest_of, issue, person, sm3_of

GM_SIGNED_DATA = "1.2.156.10197.6.1.4.2.2"
GM_DATA = "1.2.156.10197.6.1.4.2.1"
DATA = "1.2.840.113549.1.7.1"
TOKEN_INFO = "1.2.840.113549.1.9.16.1.4"
STAMPING = "1.3.6.1.5.5.7.3.8"
CONTENT = b"%PDF-1.7 the bytes of a document"


def tlv(tag: int, *bodies: bytes) -> bytes:
    """One tag-length-value."""
    body = b"".join(bodies)
    if len(body) < 0x80:
        return bytes((tag, len(body))) + body
    digits = len(body).to_bytes((len(body).bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(digits))) + digits + body


def oid(dotted: str) -> bytes:
    """An object identifier."""
    return bytes(core.ObjectIdentifier(dotted).dump())


def attribute(dotted: str, *values: bytes) -> bytes:
    """One attribute with its values."""
    return tlv(0x30, oid(dotted), tlv(0x31, *values))


@dataclass(frozen=True)
class Plan:
    """What a message shall be like; the defaults make an honest detached one."""

    gm: bool = False
    carried: bytes | None = None
    attributes: bool = True
    reference: str = "v2"  # v2, v2-sm3, v1, none, other
    claimed: datetime | None = NOW
    told_digest: bytes | None = None
    told_type: str = ""
    content_type: str = ""
    digest: str = "sm3"
    digest_oid: str = ""
    algorithm: str = ""
    identity: str = "1234567812345678"
    more: Sequence[bytes] = ()
    unsigned: Callable[[bytes], Sequence[bytes]] | None = None  # made from the signature value
    certificates: Sequence[bytes] | None = None
    crls: Sequence[bytes] = ()
    by_key: bool = False
    signers: int = 1
    issuer: bytes | None = None


def reference_to(der: bytes, form: str) -> bytes:
    """The signing-certificate attribute (RFC 5035)."""
    if form == "v1":
        value = tsp.SigningCertificate({"certs": [{"cert_hash": hashlib.sha1(der).digest()}]})
        return attribute("1.2.840.113549.1.9.16.2.12", value.dump())
    if form == "v2-sm3":
        named = tlv(0x30, tlv(0x30, oid(SM3)), tlv(0x04, sm3_of(der)))
        return attribute("1.2.840.113549.1.9.16.2.47", tlv(0x30, tlv(0x30, named)))
    value = tsp.SigningCertificateV2({"certs": [{"cert_hash": hashlib.sha256(der).digest()}]})
    return attribute("1.2.840.113549.1.9.16.2.47", value.dump())


def signed_attributes(content: bytes, holder: Holder, plan: Plan, kind: str) -> bytes:
    """The attributes in a row, in DER's order."""
    covered = plan.carried if plan.carried is not None else content
    listed = [
        attribute("1.2.840.113549.1.9.3", oid(plan.told_type or kind)),
        attribute("1.2.840.113549.1.9.4", tlv(0x04, plan.told_digest or digest_of(covered)(plan.digest))),
        *plan.more,
    ]
    if plan.claimed:
        listed.append(attribute("1.2.840.113549.1.9.5", cms.Time(name="utc_time", value=plan.claimed).dump()))
    if plan.reference == "other":
        listed.append(reference_to(authority().der, "v2"))
    elif plan.reference != "none":
        listed.append(reference_to(holder.der, plan.reference))
    return b"".join(sorted(listed))


def message(content: bytes = CONTENT, holder: Holder | None = None, plan: Plan | None = None) -> bytes:
    """A message over the content."""
    holder, plan = holder or person(), plan or Plan()
    kind = plan.content_type or (GM_DATA if plan.gm else DATA)
    attributes = signed_attributes(content, holder, plan, kind) if plan.attributes else b""
    text = tlv(0x31, attributes) if plan.attributes else plan.carried if plan.carried is not None else content
    digest_oid = plan.digest_oid or (SM3 if plan.digest == "sm3" else algos.DigestAlgorithmId(plan.digest).dotted)
    digest = tlv(0x30, oid(digest_oid))
    parsed = holder.parsed
    sid = (
        tlv(0x80, parsed.key_identifier)
        if plan.by_key
        else tlv(0x30, plan.issuer or parsed.issuer.dump(), core.Integer(parsed.serial_number).dump())
    )
    value = holder.signer.sign(text, plan.identity, plan.digest)
    unsigned = sorted(plan.unsigned(value)) if plan.unsigned else []
    signer = tlv(
        0x30,
        core.Integer(3 if plan.by_key else 1).dump(),
        sid,
        digest,
        tlv(0xA0, attributes) if plan.attributes else b"",
        tlv(0x30, oid(plan.algorithm or holder.signer.algorithm)),
        tlv(0x04, value),
        tlv(0xA1, *unsigned) if unsigned else b"",
    )
    carried = tlv(0xA0, tlv(0x04, plan.carried)) if plan.carried is not None else b""
    listed = plan.certificates if plan.certificates is not None else [holder.der, authority().der]
    body = tlv(
        0x30,
        core.Integer(3 if plan.content_type else 1).dump(),
        tlv(0x31, digest),
        tlv(0x30, oid(kind), carried),
        tlv(0xA0, *listed) if listed else b"",
        tlv(0xA1, *plan.crls) if plan.crls else b"",
        tlv(0x31, *([signer] * plan.signers)),
    )
    return tlv(0x30, oid(GM_SIGNED_DATA if plan.gm else "1.2.840.113549.1.7.2"), tlv(0xA0, body))


@cache
def stamper(name: str = "Stamper") -> Holder:
    """A timestamp authority; one with "rsa" in its name signs with RSA."""
    return issue(name, authority(), Wish(extended=[STAMPING]))


def token(
    covered: bytes,
    *,
    holder: Holder | None = None,
    imprint: str = "sm3",
    at: datetime = NOW + timedelta(seconds=2),
    plan: Plan | None = None,
    told: bytes | None = None,
) -> bytes:
    """A timestamp token over these bytes."""
    holder = holder or stamper()
    info: Any = tsp.TSTInfo(
        {
            "version": "v1",
            "policy": "1.2.3.4",
            "message_imprint": {
                "hash_algorithm": {"algorithm": SM3 if imprint == "sm3" else imprint},
                "hashed_message": digest_of(covered)(imprint),
            },
            "serial_number": 77,
            "gen_time": at,
        }
    )
    body = told if told is not None else info.dump()
    digest = "sm3" if holder.signer.spki.algorithm == "ec" else "sha256"
    made = replace(plan or Plan(), content_type=TOKEN_INFO, carried=body, digest=digest, claimed=None)
    return message(b"", holder, made)


def stamped(token_of: Callable[[bytes], bytes]) -> Plan:
    """A message with this token over its signature value."""
    return Plan(unsigned=lambda value: [attribute("1.2.840.113549.1.9.16.2.14", token_of(value))])
