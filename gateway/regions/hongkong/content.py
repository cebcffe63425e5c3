"""The encrypted content of iAM Smart: AES-256-GCM under a key that is wrapped for us."""

import base64
import binascii

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA1, SHA256

from gateway.settings import RsaPadding

IV_LENGTH = 12
KEY_LENGTH = 32
_PREFIX = IV_LENGTH.to_bytes(4, "big")


class ContentRefused(ValueError):
    """Content or key that does not open; says no more than that."""


def seal(plain: bytes, key: bytes, *, iv: bytes) -> str:
    """base64( int32(12) ‖ IV ‖ ciphertext ‖ tag )."""
    return base64.b64encode(_PREFIX + iv + AESGCM(key).encrypt(iv, plain, None)).decode()


def unseal(content: str, key: bytes) -> bytes:
    """The plaintext. Raises ContentRefused."""
    try:
        raw = base64.b64decode(content, validate=True)
        if raw[:4] != _PREFIX:
            raise ContentRefused("content_malformed")
        iv = raw[4 : 4 + IV_LENGTH]
        return AESGCM(key).decrypt(iv, raw[4 + IV_LENGTH :], None)
    except InvalidTag:
        raise ContentRefused("content_tampered") from None
    except (binascii.Error, ValueError):
        raise ContentRefused("content_malformed") from None


def rsa_padding(name: RsaPadding) -> padding.AsymmetricPadding:
    """The one padding that was agreed. Trying several on what strangers send would be an oracle."""
    if name == "pkcs1v15":
        return padding.PKCS1v15()
    digest = SHA256() if name == "oaep-sha256" else SHA1()  # noqa: S303 - OAEP's mask, not a signature
    return padding.OAEP(mgf=padding.MGF1(algorithm=digest), algorithm=digest, label=None)


def wrap(key: bytes, public: RSAPublicKey, name: RsaPadding) -> str:
    """A content key under the service's encipherment key."""
    return base64.b64encode(public.encrypt(key, rsa_padding(name))).decode()


def unwrap(wrapped: str, private: RSAPrivateKey, name: RsaPadding) -> bytes:
    """The content key: 32 bytes, or (as seen in callbacks) their base64. Raises ContentRefused."""
    try:
        key = private.decrypt(base64.b64decode(wrapped, validate=True), rsa_padding(name))
        if len(key) != KEY_LENGTH:
            key = base64.b64decode(key, validate=True)
    except (binascii.Error, ValueError):
        raise ContentRefused("key_refused") from None
    if len(key) != KEY_LENGTH:
        raise ContentRefused("key_refused")
    return key
