"""An example of each rule for a proof of possession."""

from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from gateway.oidc.dpop import RULES, Proof, Use, objection, token_hash, without_query

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
AT = NOW.timestamp()
URL = "https://gateway.example/oauth/userinfo"
USE = Use(method="GET", url=URL, at=NOW, access_token="token")
CLAIMS = {"jti": "1", "htm": "GET", "htu": URL, "iat": AT, "ath": token_hash("token")}


def proof(**other: object) -> Proof:
    laid = {**CLAIMS, **other}
    return Proof(claims={name: value for name, value in laid.items() if value is not None}, key="k")


BROKEN = {
    "proof_without_jti": [proof(jti=None), proof(jti=1), proof(jti="")],
    "proof_for_another_method": [proof(htm="POST"), proof(htm="get"), proof(htm=None)],
    "proof_for_another_url": [proof(htu="https://gateway.example/oauth/token"), proof(htu=None), proof(htu="http://[")],
    "proof_not_fresh": [
        proof(iat=AT - 3600),
        proof(iat=AT + 3600),
        proof(iat=None),
        proof(iat="now"),
        proof(iat=True),
        proof(iat=10**400),
    ],
    "proof_over_or_early": [proof(exp=AT - 1), proof(nbf=AT + 300), proof(exp="x")],
    "proof_for_another_token": [proof(ath=None), proof(ath=token_hash("other"))],
}


def test_an_honest_proof_is_good() -> None:
    assert objection(proof(), USE) is None
    assert objection(proof(iat=AT - 10), USE) is None
    assert objection(proof(iat=AT + 10), USE) is None
    assert objection(proof(htu="HTTPS://Gateway.example:443/oauth/userinfo?a=b#c"), USE) is None
    assert objection(proof(ath=None), replace(USE, access_token=None)) is None


@pytest.mark.parametrize(("reason", "bad"), [(reason, each) for reason, listed in BROKEN.items() for each in listed])
def test_a_proof_is_refused_when(reason: str, bad: Proof) -> None:
    assert objection(bad, USE) == reason


def test_every_rule_has_an_example() -> None:
    assert BROKEN.keys() == RULES.keys()


def test_a_url_that_is_none_equals_no_url_of_ours() -> None:
    assert without_query("https://gateway.example:99999/x") == ""
