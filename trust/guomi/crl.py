"""Revocation lists (RFC 5280 §5) signed with SM2 or other keys: read once as slices, looked up by serial number.

Delta lists, indirect lists and lists for some reasons only are not supported: they meet an objection.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from asn1crypto import algos, core, crl, x509

from trust.frozen import Frozen, Hidden
from trust.guomi import der, signature, sm2
from trust.guomi.certificate import Certificate, bits, parsed, same_name
from trust.guomi.der import Malformed
from trust.guomi.instant import instant
from trust.guomi.revocation import Standing, Told

LARGEST = 16 * 1024 * 1024  # national authorities publish megabytes
LARGEST_OUTLINE = 64 * 1024  # of all that is not entries
AUTHORITY_KEY = "2.5.29.35"
NUMBER = "2.5.29.20"
REASON = "2.5.29.21"
DISTRIBUTION_POINT = "2.5.29.28"
KNOWN = frozenset({AUTHORITY_KEY, NUMBER, DISTRIBUTION_POINT})
INTEGER, SEQUENCE, UTC_TIME, GENERALIZED_TIME, EXTENSIONS = 0x02, 0x30, 0x17, 0x18, 0xA0
TIMES = frozenset({UTC_TIME, GENERALIZED_TIME})


class List(Frozen):
    """A revocation list as facts."""

    data: Hidden[bytes]
    signed: Hidden[bytes]
    algorithm: str
    algorithm_differs: bool
    signature: Hidden[bytes]
    issuer: Hidden[str]
    this_update: datetime
    next_update: datetime | None
    entries: tuple[int, int] = (0, 0)  # where they begin and end
    authority_key: Hidden[bytes | None] = None
    unknown_critical: tuple[str, ...] = ()
    covers: str = "all"  # all, users, authorities, some

    def tells(self, certificate: Certificate) -> Told:
        """What the list says of a certificate of its issuer."""
        for entry in der.parts(self.data, *self.entries):
            fields = list(der.parts(self.data, entry.body, entry.end))
            if entry.tag != SEQUENCE or len(fields) < 2 or fields[0].tag != INTEGER or fields[1].tag not in TIMES:
                raise Malformed("crl_malformed")
            serial = int.from_bytes(self.data[fields[0].body : fields[0].end], "big", signed=True)
            if serial == certificate.serial:
                return self._revoked(fields)
        return Told(standing=Standing.GOOD, this_update=self.this_update, next_update=self.next_update)

    def _revoked(self, fields: list[der.Part]) -> Told:
        reason = ""
        if len(fields) > 2:
            reason = _reason(self.data[fields[2].start : fields[2].end])
        return Told(
            standing=Standing.REVOKED,
            revoked_at=_time(self.data, fields[1]),
            reason=reason,
            this_update=self.this_update,
            next_update=self.next_update,
        )


def _reason(data: bytes) -> str:
    """Why it was revoked, if the list says so; the certificate is revoked whatever stands here."""
    if der.objection(data, largest=LARGEST_OUTLINE):
        return ""
    try:
        listed = {item["extn_id"].dotted: item["extn_value"] for item in crl.CRLEntryExtensions.load(data)}
        return str(parsed(listed[REASON]).native) if REASON in listed else ""
    except Exception:  # a parser of foreign bytes
        return ""


class Asked(Frozen):
    """A list, and the certificate, issuer and time that it is asked about."""

    found: List
    certificate: Certificate
    issuer: Certificate
    at: datetime
    identity: bytes = sm2.DISTINGUISHED_ID


def _of_issuer(asked: Asked) -> bool:
    named, own = asked.found.authority_key, asked.issuer.subject_key
    same_key = named is None or own is None or named == own
    return same_key and asked.found.issuer == asked.issuer.subject == asked.certificate.issuer


def _signed(asked: Asked) -> bool:
    found = asked.found
    value, message = found.signature, found.signed
    return signature.objection(asked.issuer.key, found.algorithm, message, value, identity=asked.identity) is None


# RFC 5280 §6.3.3; the first broken rule wins.
RULES: dict[str, Callable[[Asked], bool]] = {
    "crl_of_another_issuer": _of_issuer,
    "algorithm_differs": lambda asked: not asked.found.algorithm_differs,
    "critical_extension_unknown": lambda asked: not asked.found.unknown_critical,
    "crl_covers_others": lambda asked: (
        asked.found.covers in {"all", "authorities" if asked.certificate.authority else "users"}
    ),
    "issuer_may_not_sign_crls": lambda asked: asked.issuer.usages is None or "crl_sign" in asked.issuer.usages,
    "crl_signature_wrong": _signed,
    "crl_not_yet_valid": lambda asked: asked.found.this_update <= asked.at,
    "crl_stale": lambda asked: asked.found.next_update is not None and asked.at <= asked.found.next_update,
}


def objection(asked: Asked) -> str | None:
    """Why the list does not speak for this certificate at this time, or None if it does."""
    return next((name for name, holds in RULES.items() if not holds(asked)), None)


def read(data: bytes) -> List:
    """The facts of one list; raises Malformed."""
    try:
        return _read(data)
    except Malformed:
        raise
    except Exception as mishap:  # a parser of foreign bytes: whatever it raises, this is no list
        raise Malformed("crl_malformed") from mishap


def _read(data: bytes) -> List:
    if len(data) > LARGEST:
        raise Malformed("too_large")
    whole = der.part(data, 0, len(data))
    if whole.end != len(data):
        raise Malformed("bytes_after_end")
    signed, algorithm, value = der.parts(data, whole.body, whole.end)
    fields = list(der.parts(data, signed.body, signed.end))
    if fields and fields[0].tag == INTEGER:
        fields.pop(0)
    inner, issuer, this_update, *rest = fields
    next_update = rest.pop(0) if rest and rest[0].tag in TIMES else None
    entries = rest.pop(0) if rest and rest[0].tag == SEQUENCE else None
    extensions = rest.pop(0) if rest and rest[0].tag == EXTENSIONS else None
    outline = [algorithm, value, inner, issuer, *([extensions] if extensions else [])]
    if rest or sum(item.end - item.start for item in outline) > LARGEST_OUTLINE:
        raise Malformed("crl_malformed")
    for item in outline:
        if problem := der.objection(data[item.start : item.end]):
            raise Malformed(problem)
    listed = _extensions(data, extensions)
    key = listed.get(AUTHORITY_KEY)
    return List(
        data=data,
        signed=data[signed.start : signed.end],
        algorithm=algos.SignedDigestAlgorithm.load(data[algorithm.start : algorithm.end])["algorithm"].dotted,
        algorithm_differs=data[inner.start : inner.end] != data[algorithm.start : algorithm.end],
        signature=bits(core.OctetBitString.load(data[value.start : value.end])),
        issuer=same_name(x509.Name.load(data[issuer.start : issuer.end])),
        this_update=_time(data, this_update),
        next_update=_time(data, next_update) if next_update else None,
        entries=(entries.body, entries.end) if entries else (0, 0),
        authority_key=key[1]["key_identifier"].native if key else None,
        unknown_critical=tuple(oid for oid, (critical, _) in listed.items() if critical and oid not in KNOWN),
        covers=_scope(listed.get(DISTRIBUTION_POINT)),
    )


def _extensions(data: bytes, found: der.Part | None) -> dict[str, tuple[bool, Any]]:
    if found is None:
        return {}
    listed = crl.TBSCertListExtensions.load(data[found.body : found.end])
    known: dict[str, tuple[bool, Any]] = {}
    for item in listed:
        oid = item["extn_id"].dotted
        if oid in known:
            raise Malformed("crl_malformed")
        known[oid] = (bool(item["critical"].native), parsed(item["extn_value"]) if oid in KNOWN else None)
    return known


def _scope(point: tuple[bool, Any] | None) -> str:
    """RFC 5280 §5.2.5."""
    if point is None:
        return "all"
    told = point[1]
    if told["indirect_crl"].native or told["only_some_reasons"].native or told["only_contains_attribute_certs"].native:
        return "some"
    users, authorities = told["only_contains_user_certs"].native, told["only_contains_ca_certs"].native
    if users and authorities:
        return "some"
    return "users" if users else "authorities" if authorities else "all"


def _time(data: bytes, found: der.Part) -> datetime:
    if found.tag not in TIMES:
        raise Malformed("crl_malformed")
    return instant(x509.Time.load(data[found.start : found.end]).native)
