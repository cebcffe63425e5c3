"""The keys under which the gateway signs its trust lists: one a territory, with a certificate of its own making."""

from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from trust.custody.key_store import KeyStore
from trust.custody.seal_device import SealDevice
from trust.custody.stored_key import StoredKey
from trust.keys.key import Purpose, State

LIFE = timedelta(days=1826)
SLACK = timedelta(minutes=10)  # machines' clocks differ a little
LIST_SIGNING = x509.ObjectIdentifier("0.4.0.2231.3.0")  # id-tsl-kp-tslSigning, TS 119 612 §5.7.1


def list_device(keys: KeyStore, territory: str, *, operator: str, at: datetime) -> SealDevice:
    """The device that signs a territory's list; key and certificate are made on first use, and anew when it expires, or
    was made by a clock that was ahead."""
    key = keys.ensure(Purpose.TRUST_LIST, "P-256", at=at, owner=territory)
    if key.chain and not _is_valid(x509.load_der_x509_certificate(key.chain[0]), at):
        keys.set_state(key.kid, State.RETIRING, at=at)
        key = keys.ensure(Purpose.TRUST_LIST, "P-256", at=at, owner=territory)
    if not key.chain:
        key = keys.attach(key.kid, (_own_certificate(key, territory, operator, at),))
    return SealDevice(key, purpose=Purpose.TRUST_LIST)


def list_signers(keys: KeyStore, territory: str) -> tuple[bytes, ...]:
    """The certificates under which this gateway's lists of a territory are believed."""
    found = keys.usable(Purpose.TRUST_LIST, owner=territory)
    return tuple(key.chain[0] for key in reversed(found) if key.chain)


def _is_valid(certificate: x509.Certificate, at: datetime) -> bool:
    return certificate.not_valid_before_utc <= at <= certificate.not_valid_after_utc


def _own_certificate(key: StoredKey, territory: str, operator: str, at: datetime) -> bytes:
    """Self-signed, as a scheme operator's may be: country and organisation are the scheme's (§5.7.1)."""
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, territory[:2]),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, operator[:64]),
            x509.NameAttribute(NameOID.COMMON_NAME, f"Trust list of {territory}"),
        ]
    )
    public = key.private_key.public_key()
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(at - SLACK)
        .not_valid_after(at + LIFE)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(
            x509.KeyUsage(
                digital_signature=True,
                content_commitment=True,
                key_encipherment=False,
                data_encipherment=False,
                key_agreement=False,
                key_cert_sign=False,
                crl_sign=False,
                encipher_only=False,
                decipher_only=False,
            ),
            critical=True,
        )
        .add_extension(x509.ExtendedKeyUsage([LIST_SIGNING]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
    )
    return builder.sign(key.private_key, hashes.SHA256()).public_bytes(Encoding.DER)
