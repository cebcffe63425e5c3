"""Certificates as the sandbox issues them (RFC 5280; EN 319 412-3 for seals)."""

from datetime import datetime
from typing import Literal

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID

from deploy.sandbox.pki.marker import MARK
from trust.frozen import Frozen, Hidden

PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
PublicKey = ec.EllipticCurvePublicKey | ed25519.Ed25519PublicKey | rsa.RSAPublicKey
Use = Literal["root", "issuing", "seal", "ocsp", "tsa"]

COUNTRY = {"HK": "HK", "MO": "MO", "CN-44": "CN"}
# Under the UUID arc of X.667, so that it belongs to nobody else
POLICY = x509.ObjectIdentifier("2.25.209843561190746381947552030571912.1")


class Wanted(Frozen):
    """What a certificate shall say."""

    use: Use
    territory: str
    common_name: str
    not_before: datetime
    not_after: datetime
    serial: int
    organisation_unit: str = ""


class Issuer(Frozen):
    """Who signs, and where status can be asked."""

    key: Hidden[PrivateKey]
    certificate: x509.Certificate
    ca_url: str
    crl_url: str
    ocsp_url: str  # empty where only a CRL is kept


def name(territory: str, common_name: str, unit: str = "") -> x509.Name:
    """A distinguished name that carries the sandbox's mark."""
    parts = [(NameOID.COUNTRY_NAME, COUNTRY[territory]), (NameOID.ORGANIZATION_NAME, MARK)]
    if unit:
        parts.append((NameOID.ORGANIZATIONAL_UNIT_NAME, unit))
    parts.append((NameOID.COMMON_NAME, common_name))
    return x509.Name([x509.NameAttribute(oid, value) for oid, value in parts])


def root(wanted: Wanted, key: PrivateKey) -> x509.Certificate:
    """A self-signed root."""
    subject = name(wanted.territory, wanted.common_name)
    builder = _common(wanted, subject, subject, key.public_key())
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    builder = builder.add_extension(_usage(certificate_sign=True, crl_sign=True), critical=True)
    return builder.sign(key, hashes.SHA256())


def issue(wanted: Wanted, public_key: PublicKey, issuer: Issuer) -> x509.Certificate:
    """A certificate under an issuer, with the extensions that its use calls for."""
    subject = name(wanted.territory, wanted.common_name, wanted.organisation_unit)
    builder = _common(wanted, subject, issuer.certificate.subject, public_key)
    builder = builder.add_extension(
        x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(
            issuer.certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
        ),
        critical=False,
    )
    authority = wanted.use == "issuing"
    builder = builder.add_extension(
        x509.BasicConstraints(ca=authority, path_length=0 if authority else None), critical=True
    )
    match wanted.use:
        case "issuing":
            builder = builder.add_extension(_usage(certificate_sign=True, crl_sign=True), critical=True)
        case "seal":
            builder = builder.add_extension(_usage(digital_signature=True, commitment=True), critical=True)
        case "ocsp":
            builder = builder.add_extension(_usage(digital_signature=True), critical=True)
            builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.OCSP_SIGNING]), critical=False)
            # RFC 6960 §4.2.2.2.1: nobody need ask about the responder itself
            builder = builder.add_extension(x509.OCSPNoCheck(), critical=False)
        case "tsa":
            builder = builder.add_extension(_usage(digital_signature=True), critical=True)
            # RFC 3161 §2.3: this one purpose, and critical
            builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
        case _:
            raise AssertionError(wanted.use)
    if wanted.use != "ocsp":
        builder = _with_status(builder, issuer)
    builder = builder.add_extension(x509.CertificatePolicies([x509.PolicyInformation(POLICY, None)]), critical=False)
    return builder.sign(issuer.key, hashes.SHA256())


def _common(wanted: Wanted, subject: x509.Name, issuer: x509.Name, public_key: PublicKey) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public_key)
        .serial_number(wanted.serial)
        .not_valid_before(wanted.not_before)
        .not_valid_after(wanted.not_after)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
    )


def _with_status(builder: x509.CertificateBuilder, issuer: Issuer) -> x509.CertificateBuilder:
    described = AuthorityInformationAccessOID.CA_ISSUERS, issuer.ca_url
    asked = AuthorityInformationAccessOID.OCSP, issuer.ocsp_url
    access = [
        x509.AccessDescription(method, x509.UniformResourceIdentifier(url)) for method, url in (asked, described) if url
    ]
    point = x509.DistributionPoint([x509.UniformResourceIdentifier(issuer.crl_url)], None, None, None)
    builder = builder.add_extension(x509.AuthorityInformationAccess(access), critical=False)
    return builder.add_extension(x509.CRLDistributionPoints([point]), critical=False)


def _usage(
    *,
    digital_signature: bool = False,
    commitment: bool = False,
    certificate_sign: bool = False,
    crl_sign: bool = False,
) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=digital_signature,
        content_commitment=commitment,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=certificate_sign,
        crl_sign=crl_sign,
        encipher_only=False,
        decipher_only=False,
    )
