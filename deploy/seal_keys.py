"""Taking a seal key that a real authority certified into custody: it must fit its certificate, and the certificate now.

The private key is read once, from a PEM file; afterwards the file can be destroyed.
"""

from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

from trust.custody.key_store import KeyStore
from trust.custody.stored_key import StoredKey
from trust.keys.key import Purpose

PrivateKey = ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey | rsa.RSAPrivateKey


class SealKeyRefused(ValueError):
    """Why this key or its certificates cannot be taken in; the message is a sentence for the operator."""


def admit(
    keys: KeyStore, key_file: Path, chain_file: Path, *, territory: str, password: bytes | None, at: datetime
) -> StoredKey:
    """The key in custody, as the seal of `territory`. Raises SealKeyRefused."""
    private = _private(key_file, password)
    chain = _chain(chain_file)
    if _public(private.public_key()) != _public(chain[0].public_key()):
        raise SealKeyRefused("the first certificate is not that of the key")
    if not chain[0].not_valid_before_utc <= at < chain[0].not_valid_after_utc:
        raise SealKeyRefused("the certificate is not valid now")
    der = [certificate.public_bytes(Encoding.DER) for certificate in chain]
    return keys.admit(Purpose.SEAL, _algorithm(private), private, at=at, owner=territory, chain=der)


def _private(file: Path, password: bytes | None) -> PrivateKey:
    try:
        found = load_pem_private_key(file.read_bytes(), password)
    except (ValueError, TypeError):
        raise SealKeyRefused(f"{file} holds no private key that opens (PEM, with its password if it has one)") from None
    if not isinstance(found, PrivateKey):
        raise SealKeyRefused("only P-256, Ed25519, and RSA keys of 2048 or 3072 bits make seals")
    return found


def _chain(file: Path) -> list[x509.Certificate]:
    try:
        return x509.load_pem_x509_certificates(file.read_bytes())
    except ValueError:
        raise SealKeyRefused(f"{file} holds no certificates (PEM, the seal's first, then those above it)") from None


def _algorithm(private: PrivateKey) -> str:
    if isinstance(private, ec.EllipticCurvePrivateKey):
        if isinstance(private.curve, ec.SECP256R1):
            return "P-256"
    elif isinstance(private, ed25519.Ed25519PrivateKey):
        return "Ed25519"
    elif private.key_size in (2048, 3072):
        return f"RSA-{private.key_size}"
    raise SealKeyRefused("only P-256, Ed25519, and RSA keys of 2048 or 3072 bits make seals")


def _public(key: object) -> bytes:
    if not isinstance(key, ec.EllipticCurvePublicKey | ed25519.Ed25519PublicKey | rsa.RSAPublicKey):
        raise SealKeyRefused("the certificate holds another kind of key")
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
