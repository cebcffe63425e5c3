"""What a trust list's rules read in certificates (RFC 5280 §4): issuer, policies, the names in the subject."""

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import NameOID

# A type name stands in the subject; which attribute is not public, so each that may hold it is read.
_TYPE_ATTRIBUTES = (NameOID.ORGANIZATION_NAME, NameOID.ORGANIZATIONAL_UNIT_NAME)


def load(der: bytes) -> x509.Certificate | None:
    """A certificate; None where it is none."""
    try:
        found = x509.load_der_x509_certificate(der)
        found.extensions, found.subject, found.issuer  # noqa: B018 - parsed lazily, so that it fails here
    except (ValueError, UnsupportedAlgorithm, x509.InvalidVersion, x509.DuplicateExtension, TypeError):
        return None
    return found


def issued(child: bytes, issuer: bytes) -> bool:
    """Whether one certificate's key signed the other."""
    below, above = load(child), load(issuer)
    if below is None or above is None or below.issuer != above.subject:
        return False
    try:
        below.verify_directly_issued_by(above)
    except UnsupportedAlgorithm:
        return _issued_by_sm2(child, issuer)
    except (InvalidSignature, ValueError, TypeError):
        return False
    return True


def _issued_by_sm2(child: bytes, issuer: bytes) -> bool:
    from trust.guomi import certificate as guomi  # noqa: PLC0415 - most certificates need no SM2, and it takes its time
    from trust.guomi.der import Malformed  # noqa: PLC0415
    from trust.guomi.path import signed_by  # noqa: PLC0415

    try:
        return signed_by(guomi.read(child), guomi.read(issuer))
    except Malformed:
        return False


def type_names(certificate: x509.Certificate) -> frozenset[str]:
    """Every text in the subject that may be the name of the certificate's type."""
    return frozenset(
        str(attribute.value)
        for oid in _TYPE_ATTRIBUTES
        for attribute in certificate.subject.get_attributes_for_oid(oid)
    )


def policies(certificate: x509.Certificate) -> frozenset[str]:
    """The object identifiers of its certificate policies (§4.2.1.4)."""
    try:
        found = certificate.extensions.get_extension_for_class(x509.CertificatePolicies).value
    except x509.ExtensionNotFound:
        return frozenset()
    return frozenset(policy.policy_identifier.dotted_string for policy in found)


def public_key(der: bytes) -> bytes:
    """The key that it certifies (SubjectPublicKeyInfo); its own bytes where it is no certificate."""
    found = load(der)
    if found is None:
        return der
    try:
        return found.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    except UnsupportedAlgorithm:
        return _guomi_key(der) or found.tbs_certificate_bytes
    except ValueError:
        return found.tbs_certificate_bytes


def _guomi_key(der: bytes) -> bytes:
    from trust.guomi import certificate as guomi  # noqa: PLC0415 - as above
    from trust.guomi.der import Malformed  # noqa: PLC0415

    try:
        return guomi.read(der).key.spki
    except Malformed:
        return b""
