"""Keys whose end is near are told of before they fail."""

import base64
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from gateway.oidc.key_health import Health, expires_at, lines
from gateway.oidc.key_set import KeySet
from tests.fakes.oidc_signer import Key

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def certificate(key: Key, ends: datetime) -> str:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "ferry")])
    private: Any = key.private
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(1)
        .not_valid_before(NOW - timedelta(days=300))
        .not_valid_after(ends)
        .sign(private, hashes.SHA256())
    )
    return base64.b64encode(made.public_bytes(Encoding.DER)).decode()


@pytest.mark.parametrize(
    ("days", "health"),
    [
        (31, Health.GOOD),
        (30, Health.EXPIRES_SOON),
        (1, Health.EXPIRES_SOON),
        (0, Health.EXPIRED),
        (-1, Health.EXPIRED),
    ],
)
def test_the_end_of_a_key_and_that_of_its_certificate_count_alike(days: int, health: Health) -> None:
    key, ends = Key.make(), NOW + timedelta(days=days)
    for more in ({"exp": ends.timestamp()}, {"x5c": [certificate(key, ends)]}):
        [line] = lines(KeySet.read({"keys": [key.jwk | more]}), at=NOW)
        assert (line.expires_at, line.health) == (ends, health)


def test_the_earlier_end_counts() -> None:
    key = Key.make()
    jwk = key.jwk | {"exp": (NOW + timedelta(days=5)).timestamp(), "x5c": [certificate(key, NOW + timedelta(days=2))]}
    assert expires_at(jwk) == NOW + timedelta(days=2)


@pytest.mark.parametrize(
    "more",
    [{}, {"exp": "soon"}, {"exp": -1}, {"exp": True}, {"exp": 1e300}, {"x5c": []}, {"x5c": "x"}, {"x5c": ["%%"]},
     {"x5c": [7]}, {"x5c": ["AAAA"]}, {"x5c": ["A" * 20_000]}],
)  # fmt: skip
def test_what_cannot_be_read_is_no_end(more: dict[str, Any]) -> None:
    [line] = lines(KeySet.read({"keys": [Key.make().jwk | more]}), at=NOW)
    assert (line.expires_at, line.health) == (None, Health.GOOD)
