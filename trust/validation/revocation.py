"""What OCSP answers and CRLs say about a certificate at a moment (RFC 6960 §3.2, RFC 5280 §6.3). CPU only."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import lru_cache, partial
from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, ExtensionOID

from trust.frozen import Frozen, Hidden
from trust.validation import paths
from trust.validation.policy import DIGESTS

# How long a word counts that does not say when the next one comes (EN 319 102-1 §5.2.5.4)
FRESH = timedelta(days=1)
# Since when somebody goes on telling of certificates that have ended: ITU-T X.509 expiredCertsOnCRL, and the archive
# cut-off of RFC 6960 §4.4.4. Each is a GeneralizedTime by itself.
ENDED_STAY_LISTED = x509.ObjectIdentifier("2.5.29.60")
ARCHIVE_CUTOFF = x509.ObjectIdentifier("1.3.6.1.5.5.7.48.1.6")
GENERALIZED_TIME = b"\x18\x0f"  # tag, and the length of YYYYMMDDHHMMSSZ


class Standing(StrEnum):
    """How a certificate stood."""

    GOOD = "good"
    REVOKED = "revoked"
    UNKNOWN = "unknown"  # nothing that counts speaks about it
    NOT_ASKED = "not_asked"  # it names nowhere to ask


class Status(Frozen, kw_only=False):
    """A standing, since when if revoked, and on whose word."""

    standing: Standing
    since: datetime | None = None
    source: str = ""
    said_at: datetime | None = None


class _Word(Frozen, kw_only=False):
    """One statement about one certificate."""

    revoked_at: datetime | None
    said_at: datetime
    until: datetime
    source: str
    tells_since: datetime | None = None  # of certificates that ended since then it tells still
    responder: Hidden[bytes] = b""  # certificate of whom the issuer named to answer, where it did not answer itself
    gave_way: datetime | None = None  # when the digest under it could no longer be relied on

    def speaks_of(self, ended_at: datetime) -> bool:
        """Whether silence about a revocation says anything: who is asked after a certificate's end may have forgotten
        it (RFC 5280 §3.3, RFC 6960 §4.4.4). A revocation that is told counts whenever it is told.
        """
        if self.revoked_at is not None or self.said_at <= ended_at:
            return True
        return self.tells_since is not None and self.tells_since <= ended_at

    def counts(self, at: datetime) -> bool:
        """Whether it clears somebody for a moment: it was still fresh then, or was said after it, and nobody could have
        had it signed by asking for something else that has the same digest.
        """
        return (self.until >= at or self.said_at >= at) and (self.gave_way is None or at <= self.gave_way)


def status(der: bytes, issuer: bytes, ocsps: Iterable[bytes], crls: Iterable[bytes], at: datetime) -> Status:
    """How the certificate stood at the moment, by the newest word that counts for it."""
    read_ocsp: Callable[[bytes, bytes, bytes], _Word | None] = _from_ocsp
    read_crl: Callable[[bytes, bytes, bytes], _Word | None] = _from_crl
    if _needs_guomi(issuer):
        read_ocsp, read_crl = partial(_from_guomi, "ocsp"), partial(_from_guomi, "crl")
    words = [word for body in ocsps if (word := read_ocsp(body, der, issuer)) is not None]
    words += [word for body in crls if (word := read_crl(body, der, issuer)) is not None]
    certificate = paths.load(der)
    if certificate is not None:
        words = [word for word in words if word.speaks_of(certificate.not_valid_after_utc)]
    counting = [word for word in words if word.counts(at)]
    # who was revoked for telling how others stand may have lost the key to somebody who tells otherwise
    voices = {word.responder for word in counting if word.responder}
    lists = [(body, voice) for voice in voices for body in crls]
    silenced = {
        voice
        for body, voice in lists
        if (told := read_crl(body, voice, issuer)) is not None and told.revoked_at is not None and told.revoked_at <= at
    }
    counting = [word for word in counting if word.responder not in silenced]
    revoked = [word for word in words if word.revoked_at is not None]
    if revoked:
        first = min(revoked, key=lambda word: word.revoked_at or word.said_at)
        return Status(Standing.REVOKED, first.revoked_at, first.source, first.said_at)
    if counting:
        newest = max(counting, key=lambda word: word.said_at)
        return Status(Standing.GOOD, None, newest.source, newest.said_at)
    if certificate is not None and not names_a_source(certificate):
        return Status(Standing.NOT_ASKED)
    return Status(Standing.UNKNOWN)


def names_a_source(certificate: x509.Certificate) -> bool:
    """Whether a certificate says where its status can be asked."""
    for extension in certificate.extensions:
        if extension.oid == ExtensionOID.OCSP_NO_CHECK:
            return False
    for extension in certificate.extensions:
        if extension.oid == ExtensionOID.CRL_DISTRIBUTION_POINTS:
            return True
        if extension.oid == ExtensionOID.AUTHORITY_INFORMATION_ACCESS and any(
            place.access_method == AuthorityInformationAccessOID.OCSP for place in extension.value
        ):
            return True
    return False


@lru_cache(maxsize=1024)
def _needs_guomi(issuer: bytes) -> bool:
    """Whether an authority's words are signed with a key that the library does not know: SM2."""
    above = paths.load(issuer)
    try:
        return above is not None and above.public_key() is None
    except UnsupportedAlgorithm:
        return True
    except (ValueError, TypeError):
        return False


@lru_cache(maxsize=4096)
def _from_guomi(kind: str, body: bytes, der: bytes, issuer: bytes) -> _Word | None:
    """What an authority with an SM2 key says, read and believed by the rules of trust.guomi."""
    from trust.guomi import statements  # noqa: PLC0415 - most documents need no SM2, and it takes its time

    told = statements.told(kind, body, der, issuer)
    if told is None or told.this_update is None:
        return None
    until = told.next_update or told.this_update + FRESH
    return _Word(revoked_at=told.revoked_at, said_at=told.this_update, until=until, source=kind)


@lru_cache(maxsize=4096)
def _from_ocsp(body: bytes, der: bytes, issuer: bytes) -> _Word | None:
    certificate, above = paths.load(der), paths.load(issuer)
    try:
        answer = ocsp.load_der_ocsp_response(body)
        if answer.response_status is not ocsp.OCSPResponseStatus.SUCCESSFUL:
            return None
        if certificate is None or above is None or (responder := _signed_by_right(answer, issuer)) is None:
            return None
        for single in answer.responses:
            if single.serial_number != certificate.serial_number:
                continue
            probe = ocsp.OCSPRequestBuilder().add_certificate(certificate, above, single.hash_algorithm).build()
            if (probe.issuer_key_hash, probe.issuer_name_hash) != (
                single.issuer_key_hash,
                single.issuer_name_hash,
            ):
                continue
            if single.certificate_status is ocsp.OCSPCertStatus.UNKNOWN:
                return None
            return _Word(
                revoked_at=single.revocation_time_utc,
                said_at=single.this_update_utc,
                until=single.next_update_utc or single.this_update_utc + FRESH,
                source="ocsp",
                tells_since=_cutoff(answer),
                gave_way=_gave_way(answer),
                responder=responder,
            )
    except (ValueError, UnsupportedAlgorithm, TypeError):
        return None
    return None


def _gave_way(answer: ocsp.OCSPResponse) -> datetime | None:
    algorithm = answer.signature_hash_algorithm
    return DIGESTS.get(algorithm.name) if algorithm is not None else None


def _cutoff(answer: ocsp.OCSPResponse) -> datetime | None:
    """The archive cut-off; of an answer about several certificates the library tells none."""
    try:
        return _instant(answer.single_extensions, ARCHIVE_CUTOFF)
    except ValueError:
        return None


def _instant(extensions: x509.Extensions, named: x509.ObjectIdentifier) -> datetime | None:
    """The moment that an extension is made of, or None without one that can be read."""
    for each in extensions:
        if each.oid == named and isinstance(each.value, x509.UnrecognizedExtension):
            written = each.value.value
            try:
                if written.startswith(GENERALIZED_TIME):
                    return datetime.strptime(written[2:].decode("ascii"), "%Y%m%d%H%M%SZ").replace(tzinfo=UTC)
            except ValueError:
                return None
    return None


def _signed_by_right(answer: ocsp.OCSPResponse, issuer: bytes) -> bytes | None:
    """By the issuer itself: nothing; or by whom it names for this (RFC 6960 §4.2.2.2), valid when it was said: whose
    certificate. None where by nobody who may.
    """
    above = paths.load(issuer)
    if above is not None and _verifies(above.public_key(), answer):
        return b""
    for carried in answer.certificates:
        der = carried.public_bytes(Encoding.DER)
        if paths.load(der) is None or not paths.issued(der, issuer):
            continue
        try:
            usage = carried.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
        except x509.ExtensionNotFound:
            continue
        fits = ExtendedKeyUsageOID.OCSP_SIGNING in usage
        then = carried.not_valid_before_utc <= answer.produced_at_utc <= carried.not_valid_after_utc
        if fits and then and _verifies(carried.public_key(), answer):
            return der
    return None


def _verifies(key: Any, answer: ocsp.OCSPResponse) -> bool:
    algorithm = answer.signature_hash_algorithm
    if algorithm is None:
        return False
    try:
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(answer.signature, answer.tbs_response_bytes, padding.PKCS1v15(), algorithm)
        elif isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(answer.signature, answer.tbs_response_bytes, ec.ECDSA(algorithm))
        else:
            return False
    except (InvalidSignature, UnsupportedAlgorithm, ValueError):
        return False
    return True


@lru_cache(maxsize=256)
def _crl(body: bytes, issuer: bytes) -> x509.CertificateRevocationList | None:
    above = paths.load(issuer)
    try:
        found = x509.load_der_x509_crl(body)
        if above is None or found.issuer != above.subject or not _may_keep_lists(above):
            return None
        key = above.public_key()
        if not isinstance(key, rsa.RSAPublicKey | ec.EllipticCurvePublicKey) or not found.is_signature_valid(key):
            return None
        # partial lists say critically of what they speak (§5.2.5); what nobody here understands counts for nothing
        if any(each.critical and each.oid != ExtensionOID.ISSUING_DISTRIBUTION_POINT for each in found.extensions):
            return None
    except (ValueError, UnsupportedAlgorithm, TypeError):
        return None
    return found


def _may_keep_lists(authority: x509.Certificate) -> bool:
    """Whether an authority's key may sign lists (RFC 5280 §6.3.3 (f))."""
    try:
        return authority.extensions.get_extension_for_class(x509.KeyUsage).value.crl_sign
    except x509.ExtensionNotFound:
        return True


def _speaks_of(found: x509.CertificateRevocationList, certificate: x509.Certificate) -> bool:
    """Whether a list for some certificates is for this one (RFC 5280 §6.3.3 (b) (2))."""
    try:
        scope = found.extensions.get_extension_for_class(x509.IssuingDistributionPoint).value
    except x509.ExtensionNotFound:
        return True
    if scope.indirect_crl or scope.only_contains_attribute_certs or scope.relative_name:
        return False
    is_authority = _is_authority(certificate)
    if (scope.only_contains_user_certs and is_authority) or (scope.only_contains_ca_certs and not is_authority):
        return False
    return scope.full_name is None or any(name in scope.full_name for name in _points(certificate))


def _of_some_reasons(found: x509.CertificateRevocationList) -> bool:
    """Whether a list names only who was revoked for some reasons: then its silence clears nobody."""
    return any(
        isinstance(each.value, x509.IssuingDistributionPoint) and each.value.only_some_reasons is not None
        for each in found.extensions
    )


def _is_authority(certificate: x509.Certificate) -> bool:
    try:
        return certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except x509.ExtensionNotFound:
        return False


def _points(certificate: x509.Certificate) -> list[x509.GeneralName]:
    """Where a certificate says that its lists are."""
    try:
        points = certificate.extensions.get_extension_for_class(x509.CRLDistributionPoints).value
    except x509.ExtensionNotFound:
        return []
    return [name for point in points for name in point.full_name or ()]


@lru_cache(maxsize=4096)
def _from_crl(body: bytes, der: bytes, issuer: bytes) -> _Word | None:
    certificate, found = paths.load(der), _crl(body, issuer)
    if certificate is None or found is None or not _speaks_of(found, certificate):
        return None
    try:
        entry = found.get_revoked_certificate_by_serial_number(certificate.serial_number)
    except ValueError:
        return None
    if entry is None and _of_some_reasons(found):
        return None
    return _Word(
        revoked_at=entry.revocation_date_utc if entry is not None else None,
        said_at=found.last_update_utc,
        until=found.next_update_utc or found.last_update_utc + FRESH,
        source="crl",
        tells_since=_instant(found.extensions, ENDED_STAY_LISTED),
    )
