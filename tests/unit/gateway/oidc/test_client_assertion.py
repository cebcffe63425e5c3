"""An example of each rule for a client's assertion."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from msgspec.structs import replace

from gateway.oidc.client_assertion import RULES, Assertion, Expected, objection

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
AT = NOW.timestamp()
EXPECTED = Expected(client="registry", issuer="https://gateway.example", now=AT)
CLAIMS: Mapping[str, Any] = {
    "iss": "registry",
    "sub": "registry",
    "aud": "https://gateway.example",
    "jti": "1",
    "iat": AT,
    "exp": AT + 60,
}
HONEST = Assertion.of(CLAIMS, "JWT")


def with_claims(**claims: Any) -> Assertion:
    laid = {**CLAIMS, **claims}
    return Assertion.of({name: value for name, value in laid.items() if value is not None}, "JWT")


BROKEN = {
    "assertion_type_header_unknown": [replace(HONEST, type="at+jwt")],
    "assertion_issuer_not_client": [with_claims(iss="ferry"), with_claims(iss=None), with_claims(iss=["registry"])],
    "assertion_subject_not_client": [with_claims(sub="ferry"), with_claims(sub=None)],
    "assertion_audience_not_issuer": [
        with_claims(aud=["https://gateway.example"]),
        with_claims(aud="https://gateway.example/"),
        with_claims(aud="https://gateway.example/oauth/token"),
        with_claims(aud="https://gateway.example/oauth/par"),
        with_claims(aud=None),
    ],
    "assertion_without_jti": [
        with_claims(jti=None),
        with_claims(jti=""),
        with_claims(jti=7),
        with_claims(jti="j" * 257),
    ],
    "assertion_expired": [
        with_claims(exp=AT),
        with_claims(exp=AT - 300),
        with_claims(exp=None),
        with_claims(exp="9"),
        with_claims(exp=1e300),
        with_claims(exp=10**400),
    ],
    "assertion_lives_too_long": [with_claims(exp=AT + 631), with_claims(exp=AT + 86_400), with_claims(exp=AT + 1e6)],
    "assertion_not_yet_valid": [with_claims(nbf=AT + 31), with_claims(nbf="0"), with_claims(nbf=True)],
    "assertion_from_the_future": [with_claims(iat=AT + 31), with_claims(iat=[AT])],
}


EXAMPLES = [(reason, each) for reason, listed in BROKEN.items() for each in listed]


def test_an_honest_assertion_speaks_for_the_client() -> None:
    assert objection(HONEST, EXPECTED) is None
    assert objection(replace(HONEST, type=None), EXPECTED) is None
    assert objection(with_claims(nbf=AT + 30, iat=AT + 30), EXPECTED) is None
    assert objection(with_claims(iat=None), EXPECTED) is None
    assert objection(Assertion.of({**CLAIMS, "iat": None, "nbf": None}, None), EXPECTED) is None
    assert objection(with_claims(exp=AT + 630), EXPECTED) is None


@pytest.mark.parametrize(
    ("reason", "assertion"), [(reason, each) for reason, listed in BROKEN.items() for each in listed]
)
def test_an_assertion_is_refused_when(reason: str, assertion: Assertion) -> None:
    assert objection(assertion, EXPECTED) == reason


def test_every_rule_has_an_example() -> None:
    assert BROKEN.keys() == RULES.keys()
