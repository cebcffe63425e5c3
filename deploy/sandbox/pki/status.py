"""Revocation status on the wire: OCSP answers (RFC 6960) and CRLs (RFC 5280 §5)."""

from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp

from deploy.sandbox.pki.branch import Branch, Party

OCSP_LIFE, CRL_LIFE = timedelta(days=1), timedelta(days=7)
LARGEST_REQUEST = 64 * 1024


def ocsp_answer(branch: Branch, request: bytes, revoked: dict[int, datetime], *, at: datetime) -> bytes:
    """The signed answer to an OCSP request, or the protocol's own refusal."""
    refused = ocsp.OCSPResponseBuilder.build_unsuccessful
    try:
        asked = ocsp.load_der_ocsp_request(request[:LARGEST_REQUEST])
        algorithm, name_hash, key_hash = asked.hash_algorithm, asked.issuer_name_hash, asked.issuer_key_hash
        serial = asked.serial_number
    except Exception:
        return refused(ocsp.OCSPResponseStatus.MALFORMED_REQUEST).public_bytes(Encoding.DER)
    ours = _certificate_id(branch, algorithm)
    if (name_hash, key_hash) != ours:
        return refused(ocsp.OCSPResponseStatus.UNAUTHORIZED).public_bytes(Encoding.DER)
    since = revoked.get(serial)
    now = at.replace(microsecond=0)
    builder = (
        ocsp.OCSPResponseBuilder()
        .add_response_by_hash(
            issuer_name_hash=name_hash,
            issuer_key_hash=key_hash,
            serial_number=serial,
            algorithm=algorithm,
            cert_status=ocsp.OCSPCertStatus.REVOKED if since else ocsp.OCSPCertStatus.GOOD,
            this_update=now,
            next_update=now + OCSP_LIFE,
            revocation_time=since,
            revocation_reason=x509.ReasonFlags.key_compromise if since else None,
        )
        .responder_id(ocsp.OCSPResponderEncoding.HASH, branch.ocsp.certificate)
        .certificates([branch.ocsp.certificate])
    )
    for extension in asked.extensions:
        if isinstance(extension.value, x509.OCSPNonce):
            builder = builder.add_extension(extension.value, critical=False)
    return builder.sign(branch.ocsp.key, hashes.SHA256()).public_bytes(Encoding.DER)


def crl(issuer: Party, revoked: dict[int, datetime], *, at: datetime) -> bytes:
    """The issuer's list, whole."""
    now = at.replace(microsecond=0)
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(issuer.certificate.subject)
        .last_update(now)
        .next_update(now + CRL_LIFE)
        .add_extension(x509.CRLNumber(int(now.timestamp())), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(
                issuer.certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
            ),
            critical=False,
        )
    )
    for serial, since in sorted(revoked.items()):
        entry = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(since)
        builder = builder.add_revoked_certificate(entry.build())
    return builder.sign(issuer.key, hashes.SHA256()).public_bytes(Encoding.DER)


def _certificate_id(branch: Branch, algorithm: hashes.HashAlgorithm) -> tuple[bytes, bytes]:
    """RFC 6960 §4.1.1: hashes of the issuer's name and of its key, by asking about one of its certificates."""
    certificate, issuer = branch.ocsp.certificate, branch.issuing.certificate
    probe = ocsp.OCSPRequestBuilder().add_certificate(certificate, issuer, algorithm).build()
    return probe.issuer_name_hash, probe.issuer_key_hash
