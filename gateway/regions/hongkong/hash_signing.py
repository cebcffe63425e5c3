"""The result of hash signing with iAM Smart: a signature (`SHA256withRSA`) and the certificate it was made under.

`SHA256withRSA` leaves two readings open. If `hashCode` takes the place of the digest, the signature is one over
whatever has this digest, and a signed message can be built round it. If the platform hashes once more, over the bytes
of `hashCode` or over its base64, the signature is one over a digest: true, but nothing that a PDF could carry. Which of
the two holds is not public. So nothing is supposed: the signature is verified, and if it is one of the second kind that
is said by name (`hash_signed_anew`), for the operator to turn to PDF signing.

The certificate comes only with the signature; what is signed cannot name it, as PAdES would have it.
"""

import base64
import binascii
from collections.abc import Mapping
from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding

from gateway.frozen import Frozen, Hidden
from gateway.regions.hongkong.anonymous_signing import NotSigned

LARGEST = 16_384  # characters of a value or a certificate
SHORTEST_KEY = 2048  # bits
PEM = "-----BEGIN CERTIFICATE-----"


class SignedHash(Frozen):
    """A signature that holds over the digest under its certificate."""

    signature: Hidden[bytes]
    certificate: Hidden[bytes]


def read(told: Mapping[str, Any], digest: bytes) -> SignedHash:
    """The signature over this SHA-256 digest. Raises NotSigned."""
    signature, certificate = _decoded(told.get("signature")), _certificate(told.get("cert"))
    try:
        key = certificate.public_key()
    except (ValueError, UnsupportedAlgorithm):  # SM2's, for one
        raise NotSigned("signer_certificate_unfit") from None
    if not isinstance(key, RSAPublicKey) or key.key_size < SHORTEST_KEY:
        raise NotSigned("signer_certificate_unfit")
    if not _holds(key, signature, digest, Prehashed(SHA256())):
        again = any(_holds(key, signature, message, SHA256()) for message in (digest, base64.b64encode(digest)))
        raise NotSigned("hash_signed_anew" if again else "signature_does_not_hold")
    return SignedHash(signature=signature, certificate=certificate.public_bytes(Encoding.DER))


def _holds(key: RSAPublicKey, signature: bytes, message: bytes, algorithm: SHA256 | Prehashed) -> bool:
    try:
        key.verify(signature, message, padding.PKCS1v15(), algorithm)
    except InvalidSignature:
        return False
    return True


def _certificate(told: object) -> x509.Certificate:
    """As base64 of DER, or as PEM."""
    text = told.strip() if isinstance(told, str) and len(told) <= LARGEST else ""
    try:
        if text.startswith(PEM):
            return x509.load_pem_x509_certificate(text.encode())
        return x509.load_der_x509_certificate(_decoded(text))
    except (ValueError, x509.InvalidVersion):
        raise NotSigned("answer_malformed") from None


def _decoded(told: object) -> bytes:
    if not isinstance(told, str) or not 0 < len(told) <= LARGEST:
        raise NotSigned("answer_malformed")
    try:
        return base64.b64decode(told, validate=True)
    except (binascii.Error, ValueError):
        raise NotSigned("answer_malformed") from None
