"""The two layouts of an electronic seal put to something, taken apart (GB/T 38540 §6, §7; GM/T 0031 §6, §7).

                     GB/T 38540 (layout 4)                        GM/T 0031 (layout 1)
SES_Signature        toSign, cert, signatureAlgID, signature,     toSign, signature
                     [0] timeStamp OPTIONAL
TBS_Sign             version, eseal, timeInfo (time), dataHash,   version, eseal, timeInfo (time or token in bits),
                     propertyInfo, [0] extDatas OPTIONAL          dataHash, propertyInfo, cert, signatureAlgorithm
SESeal               eSealInfo, cert, signAlgID, signedValue      eSealInfo, signInfo (cert, algorithm, signData)
SES_SealInfo         header, esID, property, picture, extDatas OPTIONAL, the same in both
SES_ESPropertyInfo   type, name, certListType, certList, times    type, name, certList, times

Which layout it is follows from the number of fields. Everything must be DER; nothing is decoded that is not needed.
"""

from collections.abc import Iterator
from datetime import datetime

from asn1crypto import core

from trust.frozen import Frozen, Hidden
from trust.guomi import der
from trust.guomi.der import Malformed
from trust.guomi.instant import instant

CURRENT, FORMER = 4, 1
MOST_SIGNERS = 1000
LONGEST_TEXT = 4096
BOOLEAN, INTEGER, BITS, OCTETS, OID, UTF8, PRINTABLE, IA5 = 0x01, 0x02, 0x03, 0x04, 0x06, 0x0C, 0x13, 0x16
UTC_TIME, GENERALIZED_TIME, SEQUENCE, TAGGED = 0x17, 0x18, 0x30, 0xA0
TEXTS = frozenset({UTF8, PRINTABLE, IA5})


class Seal(Frozen):
    """SESeal: what the maker made."""

    info: Hidden[bytes]
    maker_algorithm: str
    maker_algorithm_der: Hidden[bytes]
    maker: Hidden[bytes]
    value: Hidden[bytes]
    version: int
    vendor: str
    identifier: str
    kind: int
    name: Hidden[str]
    signers: Hidden[tuple[bytes, ...]]
    signers_by: str
    made_at: datetime
    valid_from: datetime
    valid_until: datetime
    picture: Hidden[tuple[str, bytes, int, int]]  # kind, data, width, height
    critical: tuple[str, ...]


class Signature(Frozen):
    """SES_Signature: a seal put to something."""

    layout: int
    version: int
    signed: Hidden[bytes]  # TBS_Sign
    seal: Seal
    claimed_at: datetime | None
    stamp: Hidden[bytes | None]
    data_hash: Hidden[bytes]
    covers: Hidden[str]
    signer: Hidden[bytes]
    algorithm: str
    value: Hidden[bytes]
    critical: tuple[str, ...]


class _Value(Frozen, kw_only=False):
    tag: int
    body: bytes
    whole: bytes

    def expect(self, *tags: int) -> bytes:
        if self.tag not in tags:
            raise Malformed("seal_malformed")
        return self.body

    def fields(self, *counts: int, tag: int = SEQUENCE) -> list["_Value"]:
        found = list(_values(self.expect(tag)))
        if counts and len(found) not in counts:
            raise Malformed("seal_malformed")
        return found

    def number(self) -> int:
        body = self.expect(INTEGER)
        if not body or len(body) > 8:
            raise Malformed("seal_malformed")
        return int.from_bytes(body, "big", signed=True)

    def text(self) -> str:
        body = self.expect(*TEXTS)
        if len(body) > LONGEST_TEXT:
            raise Malformed("too_large")
        return body.decode("utf-8" if self.tag == UTF8 else "ascii")

    def bits(self) -> bytes:
        body = self.expect(BITS)
        if not body or body[0]:  # a signature or digest has no bits to spare
            raise Malformed("seal_malformed")
        return body[1:]

    def instant(self) -> datetime:
        self.expect(UTC_TIME, GENERALIZED_TIME)
        kind = core.UTCTime if self.tag == UTC_TIME else core.GeneralizedTime
        return instant(kind.load(self.whole, strict=True).native)

    def oid(self) -> str:
        self.expect(OID)
        return str(core.ObjectIdentifier.load(self.whole, strict=True).dotted)


def read(data: bytes) -> Signature:
    """The seal put to something in these bytes, which may be filled up with zeros; raises Malformed."""
    if problem := der.objection(data, padded=True):
        raise Malformed(problem)
    try:
        (whole,) = _values(der.unpadded(data))
        fields = whole.fields(2, 4, 5)
        return _former(*fields) if len(fields) == 2 else _current(*fields)
    except Malformed:
        raise
    except Exception as mishap:  # a parser of foreign bytes: whatever it raises, this is no seal
        raise Malformed("seal_malformed") from mishap


def _current(signed: _Value, signer: _Value, algorithm: _Value, value: _Value, *rest: _Value) -> Signature:
    version, seal, time, data_hash, covers, *more = signed.fields(5, 6)
    stamp = rest[0].fields(1, tag=TAGGED)[0].bits() if rest else None
    return Signature(
        layout=CURRENT,
        version=version.number(),
        signed=signed.whole,
        seal=_seal(seal, CURRENT),
        claimed_at=time.instant(),
        stamp=stamp,
        data_hash=data_hash.bits(),
        covers=covers.text(),
        signer=signer.expect(OCTETS),
        algorithm=algorithm.oid(),
        value=value.bits(),
        critical=_critical(more),
    )


def _former(signed: _Value, value: _Value) -> Signature:
    version, seal, time, data_hash, covers, signer, algorithm = signed.fields(7)
    claimed_at, stamp = _time_or_stamp(time.bits())
    return Signature(
        layout=FORMER,
        version=version.number(),
        signed=signed.whole,
        seal=_seal(seal, FORMER),
        claimed_at=claimed_at,
        stamp=stamp,
        data_hash=data_hash.bits(),
        covers=covers.text(),
        signer=signer.expect(OCTETS),
        algorithm=algorithm.oid(),
        value=value.bits(),
        critical=(),
    )


def _seal(seal: _Value, layout: int) -> Seal:
    if layout == CURRENT:
        info, maker, algorithm, value = seal.fields(4)
    else:
        info, sign_info = seal.fields(2)
        maker, algorithm, value = sign_info.fields(3)
    header, identifier, properties, picture, *more = info.fields(4, 5)
    mark, version, vendor = header.fields(3)
    if mark.text() != "ES":
        raise Malformed("seal_malformed")
    kind, name, *listing, made_at, valid_from, valid_until = properties.fields(7 if layout == CURRENT else 6)
    signers_by, signers = _signers(listing)
    drawn, data, width, height = picture.fields(4)
    return Seal(
        info=info.whole,
        maker_algorithm=algorithm.oid(),
        maker_algorithm_der=algorithm.whole,
        maker=maker.expect(OCTETS),
        value=value.bits(),
        version=version.number(),
        vendor=vendor.text(),
        identifier=identifier.text(),
        kind=kind.number(),
        name=name.text(),
        signers=signers,
        signers_by=signers_by,
        made_at=made_at.instant(),
        valid_from=valid_from.instant(),
        valid_until=valid_until.instant(),
        picture=(drawn.text(), data.expect(OCTETS), width.number(), height.number()),
        critical=_critical(more),
    )


def _signers(listing: list[_Value]) -> tuple[str, tuple[bytes, ...]]:
    """Who may use the seal: certificates, or in layout 4 also their digests (GB/T 38540 §6.3)."""
    listed = listing[-1].fields()
    if not 0 < len(listed) <= MOST_SIGNERS:
        raise Malformed("seal_malformed")
    by = listing[0].number() if len(listing) > 1 else 1
    if by == 1:
        return "certificate", tuple(item.expect(OCTETS) for item in listed)
    if by == 2:
        return "digest", tuple(item.fields(2)[1].expect(OCTETS) for item in listed)
    raise Malformed("seal_malformed")


def _critical(more: list[_Value]) -> tuple[str, ...]:
    """Identifiers of a vendor's own data that it calls critical; tagged or not, both are met."""
    if not more:
        return ()
    listed = more[0].fields(1, tag=TAGGED)[0] if more[0].tag == TAGGED else more[0]
    critical = []
    for item in listed.fields():
        name, *flag, value = item.fields(2, 3)
        value.expect(OCTETS)
        if flag and flag[0].expect(BOOLEAN) != b"\0":
            critical.append(name.oid())
    return tuple(critical)


def _time_or_stamp(body: bytes) -> tuple[datetime | None, bytes | None]:
    """GM/T 0031 §7: the bits hold a time or a timestamp token."""
    if problem := der.objection(body, ber=True):
        raise Malformed(problem)
    if body[0] == SEQUENCE:
        return None, body
    (value,) = _values(body)
    return value.instant(), None


def _values(data: bytes) -> Iterator[_Value]:
    for found in der.parts(data, 0, len(data)):
        yield _Value(found.tag, data[found.body : found.end], data[found.start : found.end])
