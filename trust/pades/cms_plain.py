"""Signed messages in the one plain form that nearly all writers use (RFC 5652 in DER), cut up instead of parsed.

It says yes or nothing: facts are given only of a message that is whole and holds, in every part of its form. Of
anything else it says nothing, and the tolerant reader, who knows the forms that may be met, tells what is the matter.
So whatever is found wanting is found by one reader, and this one can only be too strict.

1. The frame holds what RFC 5652 §5.1 names, in order, each once, and nothing besides.
2. One signer, named by issuer and number; exactly one certificate carries that number, and every one can be read.
3. The signed attributes name each thing once: the content's type, its digest, the signer's certificate.
4. The signature over the attributes is made with that certificate's key.
5. Timestamps carry the digest of what they cover, and hold as messages themselves.
"""

import hashlib
import hmac
from collections.abc import Callable
from datetime import datetime

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed

from trust.frozen import Frozen, Hidden
from trust.pades.content import Content
from trust.pades.der_values import (
    INTEGER,
    NULL,
    OCTETS,
    SEQUENCE,
    SET,
    NotPlain,
    Value,
    content,
    first,
    inside,
    instant,
    integer,
    name,
    values,
    whole,
)
from trust.pades.digests import DIGESTS
from trust.validation import paths
from trust.validation.facts import CmsFacts, StampFacts

LARGEST = 1024 * 1024
MOST_CERTIFICATES = 50

SIGNED_DATA, DATA, TST_INFO = "1.2.840.113549.1.7.2", "1.2.840.113549.1.7.1", "1.2.840.113549.1.9.16.1.4"
CONTENT_TYPE, MESSAGE_DIGEST, SIGNING_TIME = (f"1.2.840.113549.1.9.{last}" for last in (3, 4, 5))
SIGNING_CERTIFICATE, SIGNING_CERTIFICATE_V2 = "1.2.840.113549.1.9.16.2.12", "1.2.840.113549.1.9.16.2.47"
TIMESTAMP = "1.2.840.113549.1.9.16.2.14"
REVOCATION_ARCHIVE = "1.2.840.113583.1.1.8"  # Adobe's, ISO 32000-2 §12.8.3.3.2
NAMES = {
    "1.3.14.3.2.26": "sha1",
    "2.16.840.1.101.3.4.2.1": "sha256",
    "2.16.840.1.101.3.4.2.2": "sha384",
    "2.16.840.1.101.3.4.2.3": "sha512",
}
# the algorithms' names, whose key they ask for, and the digest that they name themselves
SIGNING: dict[str, tuple[str, str, str]] = {
    "1.2.840.113549.1.1.1": ("rsassa_pkcs1v15", "rsa", ""),
    "1.2.840.113549.1.1.5": ("sha1_rsa", "rsa", "sha1"),
    "1.2.840.113549.1.1.11": ("sha256_rsa", "rsa", "sha256"),
    "1.2.840.113549.1.1.12": ("sha384_rsa", "rsa", "sha384"),
    "1.2.840.113549.1.1.13": ("sha512_rsa", "rsa", "sha512"),
    "1.2.840.10045.4.3.2": ("sha256_ecdsa", "ec", "sha256"),
    "1.2.840.10045.4.3.3": ("sha384_ecdsa", "ec", "sha384"),
    "1.2.840.10045.4.3.4": ("sha512_ecdsa", "ec", "sha512"),
    "1.3.101.112": ("ed25519", "ed25519", ""),
}
VERSIONS = (1, 3)
# what may follow a token's time (RFC 3161 §2.4.2): accuracy, ordering, nonce, authority, extensions
TOKEN_END = (0x30, 0x01, 0x02, 0xA0, 0xA1)

Attributes = dict[str, list[Value]]


class _Message(Frozen):
    """One signed message, cut up; nothing has been verified."""

    der: Hidden[bytes]
    content_type: str
    carried: Hidden[bytes | None]
    certificates: Hidden[tuple[bytes, ...]]
    signer: Hidden[bytes]
    digest: str
    algorithm: str
    attributes: Hidden[bytes]  # as they are signed
    signed: Hidden[Attributes]
    unsigned: Hidden[Attributes]
    value: Hidden[bytes]


def read(der: bytes, over: Content) -> CmsFacts | None:
    """The facts about a detached message that holds over this content, or None."""
    try:
        message = _cut(der)
        return None if message.carried is not None else _facts(message, over)
    except (NotPlain, IndexError, ValueError):
        return None


def read_stamp(der: bytes, over: Content) -> StampFacts | None:
    """The facts about a token that holds and covers this content, or None."""
    try:
        message = _cut(der)
        if message.content_type != TST_INFO or message.carried is None:
            return None
        at, policy, imprint = _token(message.carried, over)
        cms = _facts(message, Content(message.carried))
        return StampFacts(cms=cms, at=at, covers=True, imprint=imprint, policy=policy)
    except (NotPlain, IndexError, ValueError):
        return None


def _cut(der: bytes) -> _Message:
    if len(der) > LARGEST:
        raise NotPlain
    outer = first(der, 0, len(der))
    if der[outer[3] :].strip(b"\0"):
        raise NotPlain
    kind, wrapped = _exactly(inside(der, outer, SEQUENCE), 2)
    if name(der, kind) != SIGNED_DATA:
        raise NotPlain
    (body,) = _exactly(inside(der, wrapped, 0xA0), 1)
    version, listed, inner, *middle, signers = inside(der, body, SEQUENCE)
    carried_certificates = inside(der, middle.pop(0), 0xA0) if middle and middle[0][0] == 0xA0 else []
    if (middle and middle.pop(0)[0] != 0xA1) or middle or integer(der, version) not in VERSIONS:
        raise NotPlain
    (signer,) = _exactly(inside(der, signers, SET), 1)
    signer_version, sid, digest, attributes, algorithm, value, *rest = inside(der, signer, SEQUENCE)
    if integer(der, signer_version) != (1 if sid[0] == SEQUENCE else 3) or len(rest) > 1:
        raise NotPlain
    used = _algorithm(der, digest)
    announced = {_algorithm(der, each) for each in inside(der, listed, SET)}
    if used not in NAMES or (announced and used not in announced):
        raise NotPlain
    content_type, *contents = inside(der, inner, SEQUENCE)
    certificates = tuple(_certificate(der, each) for each in carried_certificates)
    if len(certificates) > MOST_CERTIFICATES:
        raise NotPlain
    return _Message(
        der=der,
        content_type=name(der, content_type),
        carried=_carried(der, contents),
        certificates=certificates,
        signer=_signer(der, sid, certificates),
        digest=NAMES[used],
        algorithm=_algorithm(der, algorithm),
        attributes=b"\x31" + der[attributes[1] + 1 : attributes[3]],  # RFC 5652 §5.4: the set, not the [0]
        signed=_attributes(der, attributes, 0xA0),
        unsigned=_attributes(der, rest[0], 0xA1) if rest else {},
        value=content(der, value, OCTETS),
    )


def _exactly(found: list[Value], count: int) -> list[Value]:
    if len(found) != count:
        raise NotPlain
    return found


def _algorithm(der: bytes, value: Value) -> str:
    """An algorithm without parameters."""
    kind, *parameters = inside(der, value, SEQUENCE)
    if parameters and (len(parameters) > 1 or content(der, parameters[0], NULL)):
        raise NotPlain
    return name(der, kind)


def _carried(der: bytes, contents: list[Value]) -> bytes | None:
    if not contents:
        return None
    (explicit,) = _exactly(contents, 1)
    (carried,) = _exactly(inside(der, explicit, 0xA0), 1)
    return content(der, carried, OCTETS)


def _certificate(der: bytes, value: Value) -> bytes:
    if value[0] != SEQUENCE:
        raise NotPlain
    certificate = whole(der, value)
    if paths.load(certificate) is None:
        raise NotPlain
    return certificate


def _signer(der: bytes, sid: Value, certificates: tuple[bytes, ...]) -> bytes:
    """The one certificate that the issuer and number name."""
    issuer, serial = _exactly(inside(der, sid, SEQUENCE), 2)
    wanted, number = whole(der, issuer), content(der, serial, INTEGER)
    numbered = {each for each in certificates if _named(each)[1] == number}  # one may come twice; two may not
    if len(numbered) != 1:
        raise NotPlain
    (found,) = numbered
    if _named(found)[0] != wanted:
        raise NotPlain
    return found


def _named(certificate: bytes) -> tuple[bytes, bytes]:
    """A certificate's issuer and number, as they are written."""
    body, _, _ = _exactly(inside(certificate, first(certificate, 0, len(certificate)), SEQUENCE), 3)
    parts = inside(certificate, body, SEQUENCE)
    if parts[0][0] == 0xA0:  # the version
        del parts[0]
    return whole(certificate, parts[2]), content(certificate, parts[0], INTEGER)


def _attributes(der: bytes, value: Value, tag: int) -> Attributes:
    found: Attributes = {}
    for attribute in inside(der, value, tag):
        kind, held = _exactly(inside(der, attribute, SEQUENCE), 2)
        named = name(der, kind)
        if named in found:
            raise NotPlain
        found[named] = inside(der, held, SET)
    return found


def _facts(message: _Message, over: Content) -> CmsFacts:
    der, signed = message.der, message.signed
    told = content(der, _only(signed, MESSAGE_DIGEST), OCTETS)
    if not hmac.compare_digest(told, over.digest(message.digest)):
        raise NotPlain
    if name(der, _only(signed, CONTENT_TYPE)) != message.content_type:
        raise NotPlain
    algorithm = SIGNING.get(message.algorithm)
    if algorithm is None or algorithm[2] not in ("", message.digest) or not _genuine(message, algorithm[1]):
        raise NotPlain
    ocsps, crls = _revocation(der, (signed, message.unsigned))
    stamps = tuple(_inner_stamp(whole(der, token), message.value) for token in message.unsigned.get(TIMESTAMP, ()))
    return CmsFacts(
        intact=True,
        genuine=True,
        signer=message.signer,
        certificates=message.certificates,
        names_signer=_names_signer(der, signed, message.signer),
        digest_algorithm=message.digest,
        signature_algorithm=algorithm[0],
        claimed_at=instant(der, _only(signed, SIGNING_TIME)) if SIGNING_TIME in signed else None,
        ocsps=ocsps,
        crls=crls,
        stamps=stamps,
    )


def _inner_stamp(token: bytes, value: bytes) -> StampFacts:
    stamp = read_stamp(token, Content(value))
    if stamp is None:
        raise NotPlain
    return stamp


def _only(attributes: Attributes, wanted: str) -> Value:
    (value,) = _exactly(attributes.get(wanted, []), 1)
    return value


def _genuine(message: _Message, kind: str) -> bool:
    certificate = paths.load(message.signer)
    try:
        key = certificate.public_key() if certificate is not None else None
    except (UnsupportedAlgorithm, ValueError):
        return False
    algorithm = DIGESTS[message.digest]
    digest = hashlib.new(message.digest, message.attributes).digest()
    checks: dict[str, Callable[[], object]] = {}
    if isinstance(key, rsa.RSAPublicKey):
        checks["rsa"] = lambda: key.verify(message.value, digest, padding.PKCS1v15(), Prehashed(algorithm))
    elif isinstance(key, ec.EllipticCurvePublicKey):
        checks["ec"] = lambda: key.verify(message.value, digest, ec.ECDSA(Prehashed(algorithm)))
    elif isinstance(key, ed25519.Ed25519PublicKey):
        checks["ed25519"] = lambda: key.verify(message.value, message.attributes)
    if kind not in checks:
        return False
    try:
        checks[kind]()
    except (InvalidSignature, ValueError):
        return False
    return True


def _names_signer(der: bytes, signed: Attributes, signer: bytes) -> str:
    """RFC 5035: whether the signed attributes name this certificate; that they name another is not for us to say."""
    if SIGNING_CERTIFICATE_V2 in signed:
        entry = _first_entry(der, _only(signed, SIGNING_CERTIFICATE_V2))
        algorithm = "sha256"  # the default
        if entry[0][0] == SEQUENCE:
            algorithm = NAMES.get(_algorithm(der, entry.pop(0)), "")
    elif SIGNING_CERTIFICATE in signed:
        entry, algorithm = _first_entry(der, _only(signed, SIGNING_CERTIFICATE)), "sha1"
    else:
        return ""
    told, *issuer = entry
    if not algorithm or len(issuer) > 1 or any(each[0] != SEQUENCE for each in issuer):
        raise NotPlain
    digest = hashlib.new(algorithm, signer, usedforsecurity=False).digest()
    if not hmac.compare_digest(content(der, told, OCTETS), digest):
        raise NotPlain
    return "matches"


def _first_entry(der: bytes, value: Value) -> list[Value]:
    listed, *policies = inside(der, value, SEQUENCE)
    if len(policies) > 1:
        raise NotPlain
    return inside(der, inside(der, listed, SEQUENCE)[0], SEQUENCE)


def _revocation(der: bytes, held: tuple[Attributes, ...]) -> tuple[tuple[bytes, ...], tuple[bytes, ...]]:
    """Adobe's archive of revocation data: [0] revocation lists, [1] OCSP answers, [2] others."""
    found: dict[int, list[bytes]] = {0xA0: [], 0xA1: []}
    for attributes in held:
        for archive in attributes.get(REVOCATION_ARCHIVE, ()):
            for part in inside(der, archive, SEQUENCE):
                if part[0] not in found:
                    raise NotPlain
                (listed,) = _exactly(values(der, part[2], part[3]), 1)
                found[part[0]] += [whole(der, each) for each in inside(der, listed, SEQUENCE)]
    return tuple(found[0xA1]), tuple(found[0xA0])


def _token(body: bytes, over: Content) -> tuple[datetime, str, str]:
    """Time and policy of a token (RFC 3161 §2.4.2) that carries the digest of this content, and by which algorithm."""
    (token,) = _exactly(values(body, 0, len(body)), 1)
    version, policy, imprint, serial, time, *rest = inside(body, token, SEQUENCE)
    places = [TOKEN_END.index(each[0]) if each[0] in TOKEN_END else -1 for each in rest]
    if integer(body, version) != 1 or places != sorted(set(places)) or -1 in places or serial[0] != INTEGER:
        raise NotPlain
    algorithm, hashed = _exactly(inside(body, imprint, SEQUENCE), 2)
    digest = NAMES.get(_algorithm(body, algorithm), "")
    if not digest or not hmac.compare_digest(content(body, hashed, OCTETS), over.digest(digest)):
        raise NotPlain
    return instant(body, time), name(body, policy), digest
