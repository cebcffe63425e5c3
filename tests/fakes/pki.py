"""A small PKI in memory, made to order: authorities, certificates, CRLs and OCSP answers, each with any fault."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from asn1crypto import algos, core
from asn1crypto import ocsp as asn1_ocsp
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID

NOW = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
DAY = timedelta(days=1)
USES = (
    "digital_signature",
    "content_commitment",
    "key_encipherment",
    "data_encipherment",
    "key_agreement",
    "key_cert_sign",
    "crl_sign",
    "encipher_only",
    "decipher_only",
)
# where a certificate says that its status can be asked: without it nobody asks
SOURCE = x509.CRLDistributionPoints(
    [x509.DistributionPoint([x509.UniformResourceIdentifier("http://ca.test/list.crl")], None, None, None)]
)

PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey
Extension = tuple[x509.ExtensionType, bool]  # and whether it is critical


def usage(*named: str) -> x509.KeyUsage:
    return x509.KeyUsage(**{each: each in named for each in USES})


def named(common_name: str, *more: tuple[x509.ObjectIdentifier, str]) -> x509.Name:
    return x509.Name(
        [
            *(x509.NameAttribute(oid, text) for oid, text in more),
            x509.NameAttribute(x509.NameOID.COMMON_NAME, common_name),
        ]
    )


def p256() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """A certificate with its key."""

    certificate: x509.Certificate
    key: PrivateKey = field(repr=False)

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(Encoding.DER)

    @property
    def name(self) -> x509.Name:
        return self.certificate.subject


def authority_extensions(path_length: int | None = None, *, uses: x509.KeyUsage | None = None) -> list[Extension]:
    return [
        (x509.BasicConstraints(ca=True, path_length=path_length), True),
        (uses or usage("key_cert_sign", "crl_sign"), True),
    ]


def certified(
    subject: x509.Name | str,
    issuer: Holder | None = None,
    extensions: Sequence[Extension] = (),
    *,
    key: PrivateKey | None = None,
    issuer_name: x509.Name | None = None,
    signing_key: PrivateKey | None = None,
    begins: datetime = NOW - 100 * DAY,
    ends: datetime = NOW + 100 * DAY,
    rsa_padding: padding.PSS | None = None,
) -> Holder:
    """A certificate as told; self-signed without an issuer."""
    own = key or p256()
    name = named(subject) if isinstance(subject, str) else subject
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(issuer_name or (issuer.name if issuer else name))
        .public_key(own.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(ends)
    )
    for extension, critical in extensions:
        made = made.add_extension(extension, critical=critical)
    signer = signing_key or (issuer.key if issuer else own)
    digest = None if isinstance(signer, ed25519.Ed25519PrivateKey) else hashes.SHA256()
    return Holder(certificate=made.sign(signer, digest, rsa_padding=rsa_padding), key=own)


def authority(
    subject: x509.Name | str,
    issuer: Holder | None = None,
    *more: Extension,
    path_length: int | None = None,
    **told: Any,
) -> Holder:
    return certified(subject, issuer, [*authority_extensions(path_length), *more], **told)


def signatory(issuer: Holder, *more: Extension, asked: bool = False, **told: Any) -> Holder:
    """Somebody who signs documents; `asked` says where the status can be asked."""
    uses = (usage("digital_signature", "content_commitment"), True)
    return certified("Signatory", issuer, [uses, *([(SOURCE, False)] if asked else []), *more], **told)


def stamper(issuer: Holder, **told: Any) -> Holder:
    return certified(
        "Timestamps",
        issuer,
        [(usage("digital_signature"), True), (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), True)],
        **told,
    )


def version_1(holder: Holder, signing_key: PrivateKey) -> Holder:
    """The same certificate as X.509 version 1, which has no extensions; signed anew."""
    made = asn1.Certificate.load(holder.der)
    body = made["tbs_certificate"]
    told = ("serial_number", "signature", "issuer", "validity", "subject", "subject_public_key_info")
    old = asn1.TbsCertificate({"version": "v1", **{name: body[name] for name in told}})
    return _signed_anew(holder, old, signing_key, hashes.SHA256())


def with_sha1(holder: Holder, signing_key: PrivateKey) -> Holder:
    """The same certificate signed with SHA-1, which the library above no longer makes."""
    body = asn1.Certificate.load(holder.der)["tbs_certificate"]
    body["signature"] = algos.SignedDigestAlgorithm({"algorithm": "sha1_ecdsa"})
    return _signed_anew(holder, body, signing_key, hashes.SHA1())


def _signed_anew(holder: Holder, body: Any, signing_key: PrivateKey, digest: hashes.HashAlgorithm) -> Holder:
    assert isinstance(signing_key, ec.EllipticCurvePrivateKey)
    signed = asn1.Certificate(
        {
            "tbs_certificate": body,
            "signature_algorithm": body["signature"],
            "signature_value": core.OctetBitString(signing_key.sign(body.dump(), ec.ECDSA(digest))),
        }
    )
    return Holder(certificate=x509.load_der_x509_certificate(signed.dump()), key=holder.key)


def crl(
    issuer: Holder,
    *revoked: Holder,
    at: datetime = NOW - 2 * DAY,
    said: datetime = NOW - DAY,
    until: datetime = NOW + DAY,
    extensions: Sequence[Extension] = (),
    signing_key: PrivateKey | None = None,
) -> bytes:
    made = x509.CertificateRevocationListBuilder().issuer_name(issuer.name).last_update(said).next_update(until)
    for holder in revoked:
        entry = x509.RevokedCertificateBuilder().serial_number(holder.certificate.serial_number).revocation_date(at)
        made = made.add_revoked_certificate(entry.build())
    for extension, critical in extensions:
        made = made.add_extension(extension, critical=critical)
    signer = signing_key or issuer.key
    assert isinstance(signer, ec.EllipticCurvePrivateKey)
    return made.sign(signer, hashes.SHA256()).public_bytes(Encoding.DER)


def responder(issuer: Holder, *purposes: x509.ObjectIdentifier, **told: Any) -> Holder:
    extensions: list[Extension] = [(usage("digital_signature"), True)]
    if purposes:
        extensions.append((x509.ExtendedKeyUsage(list(purposes)), False))
    return certified("Responder", issuer, extensions, **told)


def answer(
    of: Holder,
    issuer: Holder,
    by: Holder | None = None,
    *,
    status: ocsp.OCSPCertStatus = ocsp.OCSPCertStatus.GOOD,
    revoked_at: datetime | None = None,
    said: datetime = NOW - DAY,
    until: datetime | None = NOW + DAY,
) -> bytes:
    signer = by or issuer
    made = (
        ocsp.OCSPResponseBuilder()
        .add_response(
            cert=of.certificate,
            issuer=issuer.certificate,
            algorithm=hashes.SHA1(),
            cert_status=status,
            this_update=said,
            next_update=until,
            revocation_time=revoked_at,
            revocation_reason=None,
        )
        .responder_id(ocsp.OCSPResponderEncoding.HASH, signer.certificate)
    )
    if by is not None:
        made = made.certificates([by.certificate])
    assert isinstance(signer.key, ec.EllipticCurvePrivateKey)
    whole = asn1_ocsp.OCSPResponse.load(made.sign(signer.key, hashes.SHA256()).public_bytes(Encoding.DER))
    # the builder writes the moment of this machine there, which is none of this world's
    whole["response_bytes"]["response"].parsed["tbs_response_data"]["produced_at"] = said
    return _answered_anew(whole, signer)


def with_cutoff(told: bytes, by: Holder, at: datetime) -> bytes:
    """The same answer, saying since when certificates that ended are told of (RFC 6960 §4.4.4); signed anew."""
    whole = asn1_ocsp.OCSPResponse.load(told)
    basic = whole["response_bytes"]["response"].parsed
    cutoff = {"extn_id": "archive_cutoff", "extn_value": core.ParsableOctetString(core.GeneralizedTime(at).dump())}
    basic["tbs_response_data"]["responses"][0]["single_extensions"] = [cutoff]
    return _answered_anew(whole, by)


def answered_with_sha1(told: bytes, by: Holder) -> bytes:
    """The same answer, signed with SHA-1."""
    whole = asn1_ocsp.OCSPResponse.load(told)
    whole["response_bytes"]["response"].parsed["signature_algorithm"] = {"algorithm": "sha1_ecdsa"}
    return _answered_anew(whole, by, hashes.SHA1())


def _answered_anew(whole: asn1_ocsp.OCSPResponse, by: Holder, digest: hashes.HashAlgorithm | None = None) -> bytes:
    basic = whole["response_bytes"]["response"].parsed
    assert isinstance(by.key, ec.EllipticCurvePrivateKey)
    body = basic["tbs_response_data"].dump(force=True)
    basic["signature"] = core.OctetBitString(by.key.sign(body, ec.ECDSA(digest or hashes.SHA256())))
    whole["response_bytes"]["response"] = core.ParsableOctetString(basic.dump(force=True))
    return bytes(whole.dump(force=True))
