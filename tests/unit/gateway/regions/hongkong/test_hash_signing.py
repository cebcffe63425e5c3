"""What hash signing gives is verified before anything is built on it, and another reading of it is named."""

import base64
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from gateway.regions.hongkong import hash_signing
from gateway.regions.hongkong.anonymous_signing import NotSigned

DIGEST = bytes(range(32))
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
SHORT = rsa.generate_private_key(public_exponent=65537, key_size=1024)


def certificate(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "CHAN Tai Man")])
    start = datetime(2026, 1, 1, tzinfo=UTC)
    draft = x509.CertificateBuilder(name, name, key.public_key(), 1, start, start + timedelta(days=9))
    return draft.sign(key, SHA256())


def b64(value: bytes) -> str:
    return base64.b64encode(value).decode()


def answer(**changed: Any) -> dict[str, Any]:
    value = KEY.sign(DIGEST, padding.PKCS1v15(), Prehashed(SHA256()))
    return {"signature": b64(value), "cert": b64(certificate(KEY).public_bytes(Encoding.DER))} | changed


@pytest.mark.parametrize("form", [Encoding.DER, Encoding.PEM])
def test_a_signature_over_the_digest_is_taken_with_its_certificate(form: Encoding) -> None:
    written = certificate(KEY).public_bytes(form)
    signed = hash_signing.read(answer(cert=written.decode() if form is Encoding.PEM else b64(written)), DIGEST)
    KEY.public_key().verify(signed.signature, DIGEST, padding.PKCS1v15(), Prehashed(SHA256()))
    assert x509.load_der_x509_certificate(signed.certificate).public_key() == KEY.public_key()
    assert "signature" not in repr(signed)


def anew(message: bytes) -> Callable[[], dict[str, Any]]:
    return lambda: answer(signature=b64(KEY.sign(message, padding.PKCS1v15(), SHA256())))


def bent(there: str, end: str) -> bytes:
    """The certificate with another last octet where these stand."""
    whole, octets = certificate(KEY).public_bytes(Encoding.DER), bytes.fromhex(there)
    assert octets in whole
    return whole.replace(octets, octets[:-1] + bytes.fromhex(end))


WRONG: dict[str, tuple[Callable[[], dict[str, Any]], str]] = {
    "hashed once more": (anew(DIGEST), "hash_signed_anew"),
    "its base64 hashed": (anew(base64.b64encode(DIGEST)), "hash_signed_anew"),
    "another digest": (anew(bytes(32)), "signature_does_not_hold"),
    "nothing": (lambda: answer(signature=""), "answer_malformed"),
    "no base64": (lambda: answer(signature="%%%%"), "answer_malformed"),
    "endless": (lambda: answer(signature="A" * 20_000), "answer_malformed"),
    "no certificate": (lambda: answer(cert=None), "answer_malformed"),
    "junk for a certificate": (lambda: answer(cert=b64(b"junk")), "answer_malformed"),
    "junk in PEM": (lambda: answer(cert=f"{hash_signing.PEM}\nAAAA"), "answer_malformed"),
    "an endless certificate": (
        lambda: answer(cert=certificate(KEY).public_bytes(Encoding.PEM).decode() + "\n" * 20_000),
        "answer_malformed",
    ),
    "a key that is too short": (
        lambda: answer(
            cert=b64(certificate(SHORT).public_bytes(Encoding.DER)),
            signature=b64(SHORT.sign(DIGEST, padding.PKCS1v15(), Prehashed(SHA256()))),
        ),
        "signer_certificate_unfit",
    ),
    "an elliptic key": (
        lambda: answer(cert=b64(certificate(ec.generate_private_key(ec.SECP256R1())).public_bytes(Encoding.DER))),
        "signer_certificate_unfit",
    ),
    "a key of a kind that is not known": (
        lambda: answer(cert=b64(bent("06092a864886f70d010101", "7f"))),
        "signer_certificate_unfit",
    ),
    "a key that is none": (lambda: answer(cert=b64(bent("3082010a02820101", "02"))), "signer_certificate_unfit"),
    "a version that there is not": (lambda: answer(cert=b64(bent("a003020102", "05"))), "answer_malformed"),
}


@pytest.mark.parametrize("what", WRONG)
def test_what_does_not_hold_is_refused_by_name(what: str) -> None:
    told, reason = WRONG[what]
    with pytest.raises(NotSigned) as refused:
        hash_signing.read(told(), DIGEST)
    assert refused.value.reason == reason
