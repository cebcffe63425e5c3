"""The gateway's own seal as a signing device: its key stays here, and only digests come in."""

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed

from trust.custody.stored_key import StoredKey
from trust.errors import KeyUnavailable
from trust.keys.key import Purpose

_SHA256 = Prehashed(hashes.SHA256())


class SealDevice:
    """Satisfies the SigningDevice port with a key of the store."""

    def __init__(self, key: StoredKey, *, purpose: Purpose = Purpose.SEAL) -> None:
        if key.purpose is not purpose or not key.chain:
            raise KeyUnavailable("seal_key_without_certificate")
        self._key = key

    @property
    def chain(self) -> tuple[bytes, ...]:
        """Its certificate and those above it."""
        return self._key.chain

    @property
    def signature_algorithm(self) -> str:
        """By the kind of key."""
        key = self._key.private_key
        if isinstance(key, ed25519.Ed25519PrivateKey):
            return "ed25519"
        return "sha256_ecdsa" if isinstance(key, ec.EllipticCurvePrivateKey) else "sha256_rsa"

    def sign(self, digest: bytes) -> bytes:
        """The signature value over a SHA-256 digest; with Ed25519, which hashes by itself, over the attributes."""
        key = self._key.private_key
        if isinstance(key, ec.EllipticCurvePrivateKey):
            return key.sign(digest, ec.ECDSA(_SHA256))
        if isinstance(key, ed25519.Ed25519PrivateKey):
            return key.sign(digest)
        return key.sign(digest, padding.PKCS1v15(), _SHA256)
