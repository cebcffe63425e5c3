"""An example for every rule of an upstream's ID token."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from gateway.regions.macau.id_token import RULES, Expected, objection

AT = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
NOW = int(AT.timestamp())
EXPECTED = Expected(
    issuer="https://mo.example",
    client_id="gateway",
    nonce="n",
    access_token="jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y",
    at=AT,
    leeway=timedelta(seconds=30),
)
CLAIMS: dict[str, Any] = {
    "iss": "https://mo.example",
    "aud": "gateway",
    "sub": "s",
    "nonce": "n",
    "iat": NOW,
    "exp": NOW + 60,
    "auth_time": NOW,
    "at_hash": "77QmUPtjPfzWtF2AnpK9RQ",  # OpenID Connect Core, appendix A.3
}
LATELY = replace(EXPECTED, authenticated_since=AT)

BROKEN: dict[str, list[tuple[dict[str, Any], Expected]]] = {
    "issuer_wrong": [({**CLAIMS, "iss": "https://mo.example/"}, EXPECTED), ({**CLAIMS, "iss": None}, EXPECTED)],
    "audience_wrong": [
        ({**CLAIMS, "aud": "other"}, EXPECTED),
        ({**CLAIMS, "aud": ["gateway", "other"]}, EXPECTED),
        ({**CLAIMS, "aud": None}, EXPECTED),
    ],
    "party_wrong": [({**CLAIMS, "azp": "other"}, EXPECTED)],
    "assertion_expired": [
        ({**CLAIMS, "exp": NOW - 30}, EXPECTED),
        ({**CLAIMS, "exp": None}, EXPECTED),
        ({**CLAIMS, "exp": True}, EXPECTED),
        ({**CLAIMS, "exp": "never"}, EXPECTED),
        ({**CLAIMS, "exp": float("inf")}, EXPECTED),
    ],
    "issued_at_wrong": [
        ({**CLAIMS, "iat": NOW + 31}, EXPECTED),
        ({**CLAIMS, "iat": NOW - 601}, EXPECTED),
        ({**CLAIMS, "iat": None}, EXPECTED),
    ],
    "nonce_wrong": [({**CLAIMS, "nonce": "other"}, EXPECTED), ({**CLAIMS, "nonce": None}, EXPECTED)],
    "subject_missing": [
        ({**CLAIMS, "sub": ""}, EXPECTED),
        ({**CLAIMS, "sub": 7}, EXPECTED),
        ({**CLAIMS, "sub": "é"}, EXPECTED),
        ({**CLAIMS, "sub": "s" * 256}, EXPECTED),
    ],
    "token_hash_wrong": [({**CLAIMS, "at_hash": "another"}, EXPECTED)],
    "authentication_stale": [
        ({**CLAIMS, "auth_time": NOW - 31}, LATELY),
        ({**CLAIMS, "auth_time": None}, LATELY),
    ],
}


@pytest.mark.parametrize("claims", [CLAIMS, {**CLAIMS, "aud": ["gateway"]}, {**CLAIMS, "azp": "gateway"}])
def test_a_good_token_holds(claims: dict[str, Any]) -> None:
    assert objection(claims, EXPECTED) is None
    assert objection(claims, LATELY) is None


@pytest.mark.parametrize(
    ("reason", "claims", "expected"), [(reason, *case) for reason, cases in BROKEN.items() for case in cases]
)
def test_a_token_is_refused(reason: str, claims: dict[str, Any], expected: Expected) -> None:
    assert objection(claims, expected) == reason


def test_every_rule_has_an_example() -> None:
    assert BROKEN.keys() == RULES.keys()
