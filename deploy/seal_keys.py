"""Taking a seal key that a real authority certified into custody: it must fit its certificate, and the certificate now.

The private key is read once, from a PEM file; afterwards the file can be destroyed.
"""

from datetime import datetime
from itertools import pairwise
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

from deploy.sandbox.pki.marker import is_sandbox
from trust.custody.key_store import KeyStore
from trust.custody.stored_key import StoredKey
from trust.errors import KeyUnavailable
from trust.keys.key import Purpose, State

PrivateKey = ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey | rsa.RSAPrivateKey


class SealKeyRefused(ValueError):
    """Why this key or its certificates cannot be taken in; the message is a sentence for the operator."""


def admit(
    keys: KeyStore,
    key_file: Path,
    chain_file: Path,
    *,
    territory: str,
    password: bytes | None,
    at: datetime,
    sandbox: bool,
) -> StoredKey:
    """The key in custody, as the seal of `territory`; the one in use may come again with another certificate.

    Raises SealKeyRefused.
    """
    private = _private(key_file, password)
    chain = _chain(chain_file)
    if _public(private.public_key()) != _public(chain[0].public_key()):
        raise SealKeyRefused("the first certificate is not that of the key")
    if not chain[0].not_valid_before_utc <= at < chain[0].not_valid_after_utc:
        raise SealKeyRefused("the certificate is not valid now")
    for place, (below, above) in enumerate(pairwise(chain), start=1):
        if not _issued(below, above):
            raise SealKeyRefused(f"certificate {place + 1} did not issue certificate {place}")
    der = [certificate.public_bytes(Encoding.DER) for certificate in chain]
    if not sandbox and any(map(is_sandbox, der)):
        raise SealKeyRefused("the certificate is a sandbox's, which is worth nothing outside it")
    algorithm = _algorithm(private)
    known = keys.holding(private)
    if known is None:
        return keys.admit(Purpose.SEAL, algorithm, private, at=at, owner=territory, chain=der)
    used = in_use(keys, territory)
    if used is None or used.kid != known.kid:
        raise SealKeyRefused(f"this key is in custody already: {known.kid}, {known.state} for {known.owner}")
    return keys.attach(known.kid, der)


def retire(keys: KeyStore, kid: str, *, at: datetime) -> StoredKey:
    """The key as it lies there now: it makes nothing any more, and cannot be taken up again. Raises SealKeyRefused."""
    known = next((key for key in keys.keys() if key.kid == kid), None)  # noqa: SIM118 - a store, not a dict
    if known is None or known.purpose is not Purpose.SEAL or known.state is State.RETIRED:
        raise SealKeyRefused(f"{kid} is no seal key that is in use.")
    return keys.set_state(kid, State.RETIRED, at=at)


def in_use(keys: KeyStore, territory: str) -> StoredKey | None:
    """The key that makes the seals of a territory."""
    try:
        return keys.current(Purpose.SEAL, owner=territory)
    except KeyUnavailable:
        return None


def _issued(below: x509.Certificate, above: x509.Certificate) -> bool:
    try:
        below.verify_directly_issued_by(above)
    except (InvalidSignature, TypeError, ValueError):
        return False
    return True


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
