"""A certificate as facts (RFC 5280 §4, GM/T 0015): what paths, messages and seals ask of one. No trust is decided."""

from datetime import datetime
from typing import Any

from asn1crypto import core, x509

from trust.frozen import Frozen, Hidden
from trust.guomi import der, sm2
from trust.guomi.der import Malformed
from trust.guomi.instant import instant
from trust.guomi.signature import EC_KEY, RSA_KEY, SM2_CURVE, Key

LARGEST = 64 * 1024
BASIC_CONSTRAINTS = "2.5.29.19"
KEY_USAGE = "2.5.29.15"
EXTENDED_KEY_USAGE = "2.5.29.37"
SUBJECT_KEY = "2.5.29.14"
AUTHORITY_KEY = "2.5.29.35"
NAME_CONSTRAINTS = "2.5.29.30"
# Understood, or without weight for what we decide: policies are compared by trust lists, alternative names by nobody.
KNOWN = frozenset(
    {BASIC_CONSTRAINTS, KEY_USAGE, EXTENDED_KEY_USAGE, SUBJECT_KEY, AUTHORITY_KEY, "2.5.29.17", "2.5.29.32"}
)
COMMON_NAME = "2.5.4.3"
ORGANISATION = "2.5.4.10"


class Certificate(Frozen):
    """One certificate. Names and the serial number may tell of a person, so they are never printed."""

    der: Hidden[bytes]
    signed: Hidden[bytes]  # the part under the signature
    algorithm: str
    algorithm_differs: bool  # inside and outside do not say the same (RFC 5280 §4.1.1.2)
    signature: Hidden[bytes]
    serial: Hidden[int]
    issuer: Hidden[str]  # in the form that is compared (RFC 5280 §7.1)
    subject: Hidden[str]
    subject_der: Hidden[bytes]
    issuer_der: Hidden[bytes]
    names: Hidden[tuple[tuple[str, str], ...]]  # the subject's attributes by OID
    not_before: datetime
    not_after: datetime
    key: Key
    key_bits: Hidden[bytes]  # the key without its algorithm, as hashed in OCSP
    authority: bool = False
    path_length: int | None = None
    usages: frozenset[str] | None = None  # None: the extension is absent
    extended_usages: frozenset[str] | None = None
    subject_key: Hidden[bytes | None] = None
    authority_key: Hidden[bytes | None] = None
    critical: frozenset[str] = frozenset()
    unknown_critical: tuple[str, ...] = ()
    extension_repeated: bool = False

    def named(self, attribute: str) -> tuple[str, ...]:
        """The subject's values of one attribute, such as its organisation."""
        return tuple(value for known, value in self.names if known == attribute)

    @property
    def own_issuer(self) -> bool:
        """Whether it names itself as its issuer."""
        return self.issuer == self.subject


def read(data: bytes) -> Certificate:
    """The facts of one certificate; raises Malformed."""
    problem = der.objection(data, largest=LARGEST)
    if problem:
        raise Malformed(problem)
    try:
        return _read(data)
    except Malformed:
        raise
    except Exception as mishap:  # a parser of foreign bytes: whatever it raises, this is no certificate
        raise Malformed("certificate_malformed") from mishap


def same_name(name: Any) -> str:
    """A name in the form that is compared: RFC 5280 §7.1's where it can be had, its bytes otherwise."""
    try:
        return str(name.hashable)
    except Exception:  # attributes of types that have no comparison
        return name.dump().hex() if isinstance(name, core.Asn1Value) else ""


def _read(data: bytes) -> Certificate:
    whole = x509.Certificate.load(data, strict=True)
    inner = whole["tbs_certificate"]
    extensions = _extensions(inner["extensions"])
    known = {oid: value for oid, _, value in extensions}
    constraints = known.get(BASIC_CONSTRAINTS)
    usage, extended = known.get(KEY_USAGE), known.get(EXTENDED_KEY_USAGE)
    subject_key, authority_key = known.get(SUBJECT_KEY), known.get(AUTHORITY_KEY)
    if extensions and inner["version"].native != "v3":  # RFC 5280 §4.1.2.1
        raise Malformed("certificate_malformed")
    # name constraints must be processed wherever they stand (§4.2.1.10), and we do not
    unknown = tuple(
        oid for oid, critical, _ in extensions if oid == NAME_CONSTRAINTS or (critical and oid not in KNOWN)
    )
    return Certificate(
        der=data,
        signed=inner.dump(),
        algorithm=whole["signature_algorithm"]["algorithm"].dotted,
        algorithm_differs=whole["signature_algorithm"].dump() != inner["signature"].dump(),
        signature=bits(whole["signature_value"]),
        serial=inner["serial_number"].native,
        issuer=same_name(inner["issuer"]),
        subject=same_name(inner["subject"]),
        subject_der=inner["subject"].dump(),
        issuer_der=inner["issuer"].dump(),
        names=_names(inner["subject"]),
        not_before=instant(inner["validity"]["not_before"].native),
        not_after=instant(inner["validity"]["not_after"].native),
        key=read_key(inner["subject_public_key_info"]),
        key_bits=inner["subject_public_key_info"]["public_key"].contents[1:],
        authority=bool(constraints["ca"].native) if constraints is not None else False,
        path_length=constraints["path_len_constraint"].native if constraints is not None else None,
        usages=frozenset(usage.native) if usage is not None else None,
        extended_usages=frozenset(item.dotted for item in extended) if extended is not None else None,
        subject_key=subject_key.native if subject_key is not None else None,
        authority_key=authority_key["key_identifier"].native if authority_key is not None else None,
        critical=frozenset(oid for oid, critical, _ in extensions if critical),
        unknown_critical=unknown,
        extension_repeated=len(known) != len(extensions),
    )


def read_key(info: Any) -> Key:
    """The public key of a SubjectPublicKeyInfo."""
    spki = info.dump()
    algorithm = info["algorithm"]["algorithm"].dotted
    if algorithm == RSA_KEY:
        return Key(kind="rsa", spki=spki)
    if algorithm != EC_KEY:
        return Key(kind="other", spki=spki)
    parameters = info["algorithm"]["parameters"]
    if parameters.name == "named" and parameters.chosen.dotted == SM2_CURVE:
        return Key(kind="sm2", spki=spki, point=sm2.public_key(info["public_key"].native))
    return Key(kind="ec", spki=spki)


def _extensions(listed: Any) -> list[tuple[str, bool, Any]]:
    if not isinstance(listed, core.SequenceOf):
        return []
    found = []
    for item in listed:
        oid = item["extn_id"].dotted
        # private extensions may hold anything, so they are not looked into
        found.append((oid, bool(item["critical"].native), parsed(item["extn_value"]) if oid in KNOWN else None))
    return found


def parsed(value: Any) -> Any:
    """What an extension holds, once its outline is known to be sound."""
    if problem := der.objection(value.contents):
        raise Malformed(problem)
    return value.parsed


def bits(value: Any) -> bytes:
    """The bytes of a BIT STRING that is made of whole bytes, as every signature is."""
    if value.contents[:1] != b"\0":
        raise Malformed("der_malformed")
    return bytes(value.native)


def _names(name: Any) -> tuple[tuple[str, str], ...]:
    return tuple((pair["type"].dotted, str(pair["value"].native)) for relative in name.chosen for pair in relative)
