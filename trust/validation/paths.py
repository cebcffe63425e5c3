"""Certification paths (RFC 5280 §6): found by name and signature, then examined at a moment. CPU only."""

from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from typing import TypeVar

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, ExtensionOID, SignatureAlgorithmOID

from trust.frozen import Frozen, Hidden
from trust.validation import name_constraints
from trust.validation.plain_text import plain

Extension = TypeVar("Extension", bound=x509.ExtensionType)

LONGEST = 8
MOST_TRIED = 400
WITH_SHA1 = {SignatureAlgorithmOID.RSA_WITH_SHA1, x509.ObjectIdentifier("1.2.840.10045.4.1")}
# Extensions whose meaning is honoured here; any other that is critical makes a path fail (§6.1.4 (f)).
UNDERSTOOD = {
    ExtensionOID.BASIC_CONSTRAINTS,
    ExtensionOID.KEY_USAGE,
    ExtensionOID.EXTENDED_KEY_USAGE,
    ExtensionOID.CERTIFICATE_POLICIES,
    ExtensionOID.NAME_CONSTRAINTS,
    ExtensionOID.SUBJECT_ALTERNATIVE_NAME,
    ExtensionOID.CRL_DISTRIBUTION_POINTS,
    ExtensionOID.AUTHORITY_INFORMATION_ACCESS,
    ExtensionOID.AUTHORITY_KEY_IDENTIFIER,
    ExtensionOID.SUBJECT_KEY_IDENTIFIER,
    x509.ObjectIdentifier("1.3.6.1.5.5.7.1.3"),  # qcStatements: says nothing about the path
}
# What a key is for that makes no signatures of persons or offices: who was certified for these alone signs no document.
OTHER_PURPOSES = {
    ExtendedKeyUsageOID.SERVER_AUTH,
    ExtendedKeyUsageOID.CODE_SIGNING,
    ExtendedKeyUsageOID.TIME_STAMPING,
    ExtendedKeyUsageOID.OCSP_SIGNING,
}


class Path(Frozen, kw_only=False):
    """From the end entity to an anchor; the anchor is the last."""

    certificates: Hidden[tuple[bytes, ...]]

    @property
    def leaf(self) -> bytes:
        """The end entity."""
        return self.certificates[0]

    @property
    def anchor(self) -> bytes:
        """Whom it rests on."""
        return self.certificates[-1]


@lru_cache(maxsize=4096)
def load(der: bytes) -> x509.Certificate | None:
    """A certificate, parsed once; None where it is none."""
    try:
        found = x509.load_der_x509_certificate(der)
        found.extensions, found.subject, found.issuer  # noqa: B018 - parsed lazily, so that it fails here
    except (ValueError, UnsupportedAlgorithm, x509.InvalidVersion, x509.DuplicateExtension, TypeError):
        return None
    # A signature is whole octets (RFC 5280 §4.1.1.3, of every algorithm here); the library does not look at the
    # count of unused bits before it, which nothing else protects.
    return found if der[: -len(found.signature)].endswith(b"\0") else None


def key_identifier(der: bytes) -> bytes:
    """How a certificate names its own key (RFC 5280 §4.2.1.2), or nothing."""
    named = _extension(load(der), x509.SubjectKeyIdentifier)
    return named.digest if named is not None else b""


def authority_key_identifier(der: bytes) -> bytes:
    """How a certificate names its issuer's key (RFC 5280 §4.2.1.1), or nothing."""
    named = _extension(load(der), x509.AuthorityKeyIdentifier)
    return (named.key_identifier or b"") if named is not None else b""


@lru_cache(maxsize=16384)
def issued(child: bytes, issuer: bytes) -> bool:
    """Whether one certificate's key signed the other."""
    below, above = load(child), load(issuer)
    if below is None or above is None or below.issuer != above.subject:
        return False
    if below.signature_algorithm_oid in WITH_SHA1:
        return _issued_with_sha1(below, above)
    try:
        below.verify_directly_issued_by(above)
    except UnsupportedAlgorithm:
        return _issued_by_sm2(child, issuer)
    except (InvalidSignature, ValueError, TypeError):
        return False
    return True


def _issued_with_sha1(below: x509.Certificate, above: x509.Certificate) -> bool:
    """Which the library makes no more of; whether it could still be relied on then is the policy's question."""
    sha1 = hashes.SHA1()  # noqa: S303 - to date it, never to trust it today
    try:
        key = above.public_key()
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(below.signature, below.tbs_certificate_bytes, padding.PKCS1v15(), sha1)
        elif isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(below.signature, below.tbs_certificate_bytes, ec.ECDSA(sha1))
        else:
            return False
    except (InvalidSignature, UnsupportedAlgorithm, ValueError, TypeError):
        return False
    return True


def _issued_by_sm2(child: bytes, issuer: bytes) -> bool:
    from trust.guomi import certificate as guomi  # noqa: PLC0415 - most documents need no SM2, and it takes its time
    from trust.guomi.der import Malformed  # noqa: PLC0415
    from trust.guomi.path import signed_by  # noqa: PLC0415

    try:
        return signed_by(guomi.read(child), guomi.read(issuer))
    except Malformed:
        return False


def find(leaf: bytes, pool: Iterable[bytes], anchors: Iterable[bytes], at: datetime) -> Path | None:
    """A path to an anchor, one that is valid at the moment if there is one; None where none leads there."""
    trusted = frozenset(anchors)
    known = [der for der in dict.fromkeys((*trusted, *pool)) if load(der) is not None]
    best: Path | None = None
    waiting: list[tuple[bytes, ...]] = [(leaf,)]
    tried = 0
    while waiting and tried < MOST_TRIED:
        tried += 1
        so_far = waiting.pop()
        if so_far[-1] in trusted:
            path = Path(so_far)
            if objection(path, at) is None:
                return path
            best = best or path
            continue
        if len(so_far) >= LONGEST:
            continue
        waiting += [(*so_far, der) for der in known if der not in so_far and issued(so_far[-1], der)]
    return best


def objection(path: Path, at: datetime) -> str | None:
    """What keeps the path from being valid at the moment, or None (EN 319 102-1 §5.2.6)."""
    for problem, begins, ends in _links(path.certificates):
        if problem:
            return problem
        if begins is not None and at < begins:
            return "NOT_YET_VALID"
        if ends is not None and at > ends:
            return "OUT_OF_BOUNDS_NO_POE"
    return None


@lru_cache(maxsize=4096)
def _links(certificates: tuple[bytes, ...]) -> tuple[tuple[str | None, datetime | None, datetime | None], ...]:
    """Of each certificate on a path, what is wrong with it at any moment, and its dates; up to the first problem."""
    found: list[tuple[str | None, datetime | None, datetime | None]] = []
    below = 0
    for place, der in enumerate(certificates):
        certificate = load(der)
        if certificate is None:
            return (*found, ("CHAIN_CONSTRAINTS_FAILURE", None, None))
        last = place == len(certificates) - 1
        if place and (problem := _authority_problem(certificate, below, anchor=last)):
            return (*found, (problem, None, None))
        if place and certificate.subject != certificate.issuer:
            below += 1
        below_it = [other for lower in certificates[:place] if (other := load(lower)) is not None]
        unknown = any(ext.critical and ext.oid not in UNDERSTOOD for ext in certificate.extensions)
        if unknown or (place and not name_constraints.kept(certificate, below_it)):
            return (*found, ("CHAIN_CONSTRAINTS_FAILURE", None, None))
        # An anchor is trusted as such; its own dates are the trust list's business.
        dated = not last or place == 0
        begins, ends = (certificate.not_valid_before_utc, certificate.not_valid_after_utc) if dated else (None, None)
        found.append((None, begins, ends))
    return tuple(found)


@lru_cache(maxsize=4096)
def may_sign(der: bytes) -> bool:
    """Whether a certificate's key may sign documents, by its key usages (RFC 5280 §4.2.1.3, §4.2.1.12)."""
    certificate = load(der)
    if certificate is None:
        return False
    purposes = _extension(certificate, x509.ExtendedKeyUsage)
    if purposes is not None and OTHER_PURPOSES.issuperset(purposes):
        return False
    usage = _extension(certificate, x509.KeyUsage)
    return usage is None or usage.digital_signature or usage.content_commitment


@lru_cache(maxsize=4096)
def may_stamp(der: bytes) -> bool:
    """Whether a certificate is for timestamps (RFC 3161 §2.3)."""
    usage = _extension(load(der), x509.ExtendedKeyUsage)
    return usage is not None and ExtendedKeyUsageOID.TIME_STAMPING in usage


def begun(der: bytes, at: datetime) -> bool:
    """Whether a certificate was valid already."""
    certificate = load(der)
    return certificate is not None and certificate.not_valid_before_utc <= at


@lru_cache(maxsize=4096)
def distinguished_names(der: bytes) -> tuple[str, str] | None:
    """A certificate's subject and its issuer, each in one line (RFC 4514)."""
    certificate = load(der)
    if certificate is None:
        return None
    return plain(certificate.subject.rfc4514_string()), plain(certificate.issuer.rfc4514_string())


@lru_cache(maxsize=4096)
def name(der: bytes) -> str:
    """How a certificate's holder is called."""
    certificate = load(der)
    if certificate is None:
        return ""
    for oid in (x509.NameOID.COMMON_NAME, x509.NameOID.ORGANIZATION_NAME):
        values = certificate.subject.get_attributes_for_oid(oid)
        if values:
            return plain(str(values[0].value))
    return plain(certificate.subject.rfc4514_string())


def _authority_problem(certificate: x509.Certificate, below: int, *, anchor: bool) -> str | None:
    basic = _extension(certificate, x509.BasicConstraints)
    if basic is None:
        # version 1 cannot say whether somebody is an authority (§6.1.4 (k)): of an anchor the trust list says it
        return None if anchor and certificate.version is x509.Version.v1 else "CHAIN_CONSTRAINTS_FAILURE"
    if not basic.ca or (basic.path_length is not None and below > basic.path_length):
        return "CHAIN_CONSTRAINTS_FAILURE"
    usage = _extension(certificate, x509.KeyUsage)
    return None if usage is None or usage.key_cert_sign else "CHAIN_CONSTRAINTS_FAILURE"


def _extension(certificate: x509.Certificate | None, kind: type[Extension]) -> Extension | None:
    """What a certificate says there, or None where it does not say it."""
    if certificate is None:
        return None
    try:
        return certificate.extensions.get_extension_for_class(kind).value
    except x509.ExtensionNotFound:
        return None
