"""Signature values by algorithm: SM2 and what is met beside it, and that no algorithm passes for another."""

from functools import cache

import pytest

from tests.unit.trust.guomi.making import SM2_WITH_SM3, Signer, signer
from trust.guomi import certificate, signature
from trust.guomi.signature import EC_KEY, RSA_KEY, Key

MESSAGE = b"what is signed"
CURVES = {"ec256": "P-256", "ec384": "P-384"}
SIGNED = {
    "1.2.156.10197.1.501": ("sm2", "sm3"),
    "1.2.840.113549.1.1.11": ("rsa", "sha256"),
    "1.2.840.113549.1.1.12": ("rsa", "sha384"),
    "1.2.840.113549.1.1.13": ("rsa", "sha512"),
    "1.2.840.10045.4.3.2": ("ec256", "sha256"),
    "1.2.840.10045.4.3.3": ("ec384", "sha384"),
    "1.2.840.10045.4.3.4": ("ec384", "sha512"),
}


@cache
def holder(kind: str) -> Signer:
    if kind in CURVES:
        return Signer("-algorithm", "EC", "-pkeyopt", f"ec_paramgen_curve:{CURVES[kind]}")
    return signer("rsa signer") if kind == "rsa" else signer("sm2 signer")


def key(kind: str) -> Key:
    return certificate.read_key(holder(kind).spki)


@pytest.mark.parametrize("algorithm", SIGNED)
def test_openssl_s_signatures_verify_by_every_algorithm(algorithm: str) -> None:
    kind, digest = SIGNED[algorithm]
    value = holder(kind).sign(MESSAGE, digest=digest)
    assert signature.objection(key(kind), algorithm, MESSAGE, value) is None
    assert signature.objection(key(kind), algorithm, MESSAGE + b".", value) == "signature_wrong"
    assert signature.objection(key(kind), algorithm, MESSAGE, value[:-1]) is not None
    for other, (other_kind, _) in SIGNED.items():
        if other != algorithm and other_kind != kind:
            assert signature.objection(key(kind), other, MESSAGE, value) is not None


def test_every_algorithm_has_an_example() -> None:
    assert SIGNED.keys() == signature.NAMED.keys()


@pytest.mark.parametrize(
    ("kind", "algorithm", "digest", "expected"),
    [
        ("sm2", "1.2.156.10197.1.301.1", "sm3", None),
        ("sm2", EC_KEY, "sm3", None),
        ("sm2", SM2_WITH_SM3, "sha256", "algorithm_unsupported"),
        ("rsa", RSA_KEY, "sha256", None),
        ("rsa", "1.2.840.113549.1.1.11", "sha512", "digest_not_of_algorithm"),
        ("rsa", RSA_KEY, "md5", "algorithm_unsupported"),
        ("rsa", SM2_WITH_SM3, "sm3", "algorithm_not_of_key"),
        ("ec256", EC_KEY, "sha256", None),
        ("ec256", "1.2.840.113549.1.1.10", "sha256", "algorithm_unsupported"),
    ],
)
def test_messages_may_name_the_key_alone(kind: str, algorithm: str, digest: str, expected: str | None) -> None:
    value = holder(kind).sign(MESSAGE, digest="sm3" if kind == "sm2" else "sha256")
    assert signature.objection_in_message(key(kind), algorithm, digest, MESSAGE, value) == expected


def test_an_sm2_key_that_is_no_point_verifies_nothing() -> None:
    value = holder("sm2").sign(MESSAGE)
    broken = Key(kind="sm2", spki=key("sm2").spki, point=None)
    assert signature.objection(broken, SM2_WITH_SM3, MESSAGE, value) == "key_not_on_curve"


def test_a_key_that_cannot_be_read_is_unsupported() -> None:
    for kind, algorithm in (("rsa", "1.2.840.113549.1.1.11"), ("ec", "1.2.840.10045.4.3.2")):
        assert signature.objection(Key(kind=kind, spki=b"\x30\x00"), algorithm, b"", b"") == "algorithm_unsupported"
