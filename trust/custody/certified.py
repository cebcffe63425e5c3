"""What a seal's certificate says of its key: how it signs, and whether a signature is its own.

A key that lies elsewhere is believed only as far as its certificate can check: each of its signatures is verified
before anything is built upon it. That also catches a device that was mixed up, and a fault in an RSA signature.
"""

from collections.abc import Sequence

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.serialization import Encoding

from trust.errors import KeyUnavailable

SHORTEST_RSA = 2048
SIGNATURE_WRONG = "seal_signature_wrong"
_SHA256 = Prehashed(hashes.SHA256())

PublicKey = ec.EllipticCurvePublicKey | ed25519.Ed25519PublicKey | rsa.RSAPublicKey


class Certified:
    """A certificate chain, leaf first, and how its key signs."""

    __slots__ = ("_key", "algorithm", "chain")

    def __init__(self, chain: Sequence[bytes]) -> None:
        if not chain:
            raise KeyUnavailable("seal_key_without_certificate")
        self.chain = tuple(chain)
        try:
            key = x509.load_der_x509_certificate(self.chain[0]).public_key()
        except ValueError:
            raise KeyUnavailable("seal_certificate_unfit") from None
        self._key, self.algorithm = _fit(key)

    def check(self, digest: bytes, signature: bytes) -> bytes:
        """The signature, if this certificate's key made it over this digest."""
        try:
            if isinstance(self._key, ec.EllipticCurvePublicKey):
                self._key.verify(signature, digest, ec.ECDSA(_SHA256))
            elif isinstance(self._key, rsa.RSAPublicKey):
                self._key.verify(signature, digest, padding.PKCS1v15(), _SHA256)
            else:
                self._key.verify(signature, digest)
        except InvalidSignature:
            raise KeyUnavailable(SIGNATURE_WRONG) from None
        return signature


def _fit(key: object) -> tuple[PublicKey, str]:
    if isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1):
        return key, "sha256_ecdsa"
    if isinstance(key, rsa.RSAPublicKey) and key.key_size >= SHORTEST_RSA:
        return key, "sha256_rsa"
    if isinstance(key, ed25519.Ed25519PublicKey):
        return key, "ed25519"
    raise KeyUnavailable("seal_certificate_unfit")


def read_chain(text: bytes) -> tuple[bytes, ...]:
    """The certificates of a PEM file, in order."""
    try:
        found = x509.load_pem_x509_certificates(text)
    except ValueError:
        raise KeyUnavailable("seal_certificate_unfit") from None
    return tuple(certificate.public_bytes(Encoding.DER) for certificate in found)
