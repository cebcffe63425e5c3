"""Makes electronic seals in both layouts and puts them to a content; signed by OpenSSL."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from asn1crypto import core

from tests.unit.trust.guomi.making import NOW, SM2_WITH_SM3, YEAR, Holder, authority, issue, person, sm3_of
from tests.unit.trust.guomi.messages import CONTENT, oid, tlv

PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(200)


@cache
def maker() -> Holder:
    """Who makes seals."""
    return issue("Seal Maker", authority())


@dataclass(frozen=True)
class SealPlan:
    """What a seal and its use shall be like; the defaults make an honest GB/T 38540 one."""

    layout: int = 4
    mark: str = "ES"
    seal_version: int = 4
    version: int = 4
    kind: int = 3
    name: str = "沙盒测试专用章"
    by_digest: bool = False
    listed: Sequence[Holder] | None = None
    made_at: datetime = NOW - YEAR / 2
    valid_from: datetime = NOW - YEAR / 2
    valid_until: datetime = NOW + YEAR / 2
    maker_signs: str = ""  # info, whole
    maker_identity: str = "1234567812345678"
    identity: str = "1234567812345678"
    algorithm: str = SM2_WITH_SM3
    maker_algorithm: str = SM2_WITH_SM3
    claimed: datetime = NOW
    content: bytes = CONTENT
    hashed: bytes | None = None
    seal_extensions: bytes = b""
    extensions: bytes = b""
    stamp: Callable[[bytes], bytes] | None = None
    picture: bytes = PICTURE
    listing_kind: int | None = None
    maker_certificate: bytes | None = None
    signer_certificate: bytes | None = None
    spare_bits: int = 0


def number(value: int) -> bytes:
    """An INTEGER."""
    return bytes(core.Integer(value).dump())


def bits(body: bytes, spare: int = 0) -> bytes:
    """A BIT STRING."""
    return tlv(0x03, bytes((spare,)), body)


def time(value: datetime, layout: int) -> bytes:
    """A time as the layout writes it."""
    if layout == 4:
        return tlv(0x18, value.strftime("%Y%m%d%H%M%SZ").encode())
    return tlv(0x17, value.strftime("%y%m%d%H%M%SZ").encode())


def ia5(text: str) -> bytes:
    """An IA5String."""
    return tlv(0x16, text.encode())


def extension(dotted: str, critical: bool) -> bytes:
    """A vendor's own data."""
    return tlv(0x30, tlv(0x30, oid(dotted), tlv(0x01, b"\xff" if critical else b"\0"), tlv(0x04, b"anything")))


def seal(holder: Holder, plan: SealPlan) -> bytes:
    """SESeal."""
    listed = plan.listed if plan.listed is not None else [holder]
    certificates = [tlv(0x04, one.der) for one in listed]
    if plan.by_digest:
        certificates = [tlv(0x30, tlv(0x13, b"SM3"), tlv(0x04, sm3_of(one.der))) for one in listed]
    listing = [tlv(0x30, *certificates)]
    if plan.layout == 4:
        kind = plan.listing_kind if plan.listing_kind is not None else 2 if plan.by_digest else 1
        listing.insert(0, number(kind))
    times = [time(moment, plan.layout) for moment in (plan.made_at, plan.valid_from, plan.valid_until)]
    info = tlv(
        0x30,
        tlv(0x30, ia5(plan.mark), number(plan.seal_version), ia5("Sandbox")),
        ia5("44010000000001"),
        tlv(0x30, number(plan.kind), tlv(0x0C, plan.name.encode()), *listing, *times),
        tlv(0x30, ia5("PNG"), tlv(0x04, plan.picture), number(40), number(38)),
        plan.seal_extensions,
    )
    own = tlv(0x04, plan.maker_certificate or maker().der)
    algorithm = oid(plan.maker_algorithm)
    form = plan.maker_signs or ("info" if plan.layout == 4 else "whole")
    text = info if form == "info" else tlv(0x30, info, own, algorithm)
    value = bits(maker().signer.sign(text, plan.maker_identity), plan.spare_bits)
    return (
        tlv(0x30, info, own, algorithm, value)
        if plan.layout == 4
        else tlv(0x30, info, tlv(0x30, own, algorithm, value))
    )


def put(plan: SealPlan | None = None, holder: Holder | None = None) -> bytes:
    """SES_Signature: the seal put to the content."""
    plan, holder = plan or SealPlan(), holder or person()
    own, algorithm = tlv(0x04, plan.signer_certificate or holder.der), oid(plan.algorithm)
    hashed = bits(plan.hashed if plan.hashed is not None else sm3_of(plan.content))
    covers = ia5("[0 100 200 300]")
    if plan.layout == 4:
        body = [number(plan.version), seal(holder, plan), time(plan.claimed, 4), hashed, covers, plan.extensions]
        text = tlv(0x30, *body)
        value = holder.signer.sign(text, plan.identity)
        stamp = tlv(0xA0, bits(plan.stamp(value))) if plan.stamp else b""
        return tlv(0x30, text, own, algorithm, bits(value), stamp)
    moment = plan.stamp(plan.content) if plan.stamp else time(plan.claimed, 1)
    body = [number(plan.version), seal(holder, plan), bits(moment), hashed, covers, own, algorithm]
    text = tlv(0x30, *body)
    return tlv(0x30, text, bits(holder.signer.sign(text, plan.identity)))


FORMER = SealPlan(layout=1, version=1, seal_version=1)
LATER = NOW + timedelta(minutes=1)
