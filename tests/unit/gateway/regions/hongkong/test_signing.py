"""Signed headers, against vectors computed apart from this code."""

from datetime import UTC, datetime, timedelta

import pytest

from gateway.regions.hongkong.signing import headers, objection, signature

CLIENT = "0123456789abcdef0123456789abcdef"
SECRET = "test-only-secret"
TIMESTAMP = "1763740800000"
NONCE = "11111111-2222-3333-4444-555555555555"
CONTENT = (
    "AAAADAABAgMEBQYHCAkKCzwgtXShgOAhrwDC3/mqNynG+7YW3Fk4DlkJkdFkGWWQOzLPidupfeod3h6Z"
    "4ehGZ402BOh4qwZFher0JgCXMi1KDf4Xybc="
)
AT = datetime.fromtimestamp(1763740800, UTC)
BODY = b'{"content":"x"}'
GOOD = {
    name.lower(): value
    for name, value in headers(client_id=CLIENT, secret=SECRET, at=AT, nonce=NONCE, body=BODY).items()
}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (f'{{"content":"{CONTENT}"}}'.encode(), "hNf3En027szHlj%2B7GV61qQGH72TumiFJI4Ez2PRKMkw%3D"),
        (b"{}", "pi1gAOwwVtZ9zL18P7H69QwQ6z8bsKct4Glzwy0e838%3D"),
    ],
)
def test_the_vectors(body: bytes, expected: str) -> None:
    assert signature(client_id=CLIENT, secret=SECRET, timestamp=TIMESTAMP, nonce=NONCE, body=body) == expected


def judge(given: dict[str, str], *, body: bytes = BODY, at: datetime = AT) -> str | None:
    return objection(given, body, client_id=CLIENT, secret=SECRET, at=at, window=timedelta(minutes=5))


def test_our_own_headers_hold() -> None:
    assert judge(GOOD) is None


@pytest.mark.parametrize(
    ("reason", "given", "body", "at"),
    [
        ("signature_headers_missing", {}, BODY, AT),
        ("signature_headers_missing", {**GOOD, "signaturemethod": "HmacSHA1"}, BODY, AT),
        ("signature_headers_missing", {**GOOD, "nonce": ""}, BODY, AT),
        ("signature_headers_missing", {**GOOD, "nonce": "n" * 65}, BODY, AT),
        ("audience_wrong", {**GOOD, "clientid": "another"}, BODY, AT),
        ("signature_wrong", GOOD, BODY + b" ", AT),
        ("signature_wrong", {**GOOD, "nonce": "another"}, BODY, AT),
        ("signature_wrong", {**GOOD, "timestamp": "1763740800001"}, BODY, AT),
        ("signature_wrong", {**GOOD, "signature": "é"}, BODY, AT),
        ("signature_expired", GOOD, BODY, AT + timedelta(minutes=5, seconds=1)),
        ("signature_expired", GOOD, BODY, AT - timedelta(minutes=5, seconds=1)),
    ],
)
def test_what_is_wrong_is_named(reason: str, given: dict[str, str], body: bytes, at: datetime) -> None:
    assert judge(given, body=body, at=at) == reason
