"""An example of each rule for exchanging a code."""

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from gateway.oidc.authorization_code import RULES, Attempt, AuthorizationCode, objection, pack, unpack
from gateway.oidc.permission import Permission
from gateway.oidc.pkce import challenge

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
VERIFIER = "v" * 43
CODE = AuthorizationCode(
    id="code-1",
    client="registry",
    redirect_uri="https://agency.example/cb",
    challenge=challenge(VERIFIER),
    nonce="n",
    permission=Permission(
        account="account-1",
        session="session-1",
        home="MO",
        acr="urn:gba:acr:2",
        amr=("pwd",),
        authenticated_at=NOW - timedelta(minutes=3, microseconds=7),
        scope=("openid",),
        claims=("name",),
        consent=None,
        authorization_details=({"type": "biometric_check", "application": "A", "outcome": "passed"},),
    ),
    userinfo_claims=("name",),
    key="k" * 43,
    expires_at=NOW + timedelta(seconds=60),
)
ATTEMPT = Attempt(client="registry", redirect_uri="https://agency.example/cb", verifier=VERIFIER, key="k" * 43, at=NOW)
BROKEN = {
    "code_of_another_client": (CODE, replace(ATTEMPT, client="ferry")),
    "code_expired": (CODE, replace(ATTEMPT, at=CODE.expires_at)),
    "redirect_changed": (CODE, replace(ATTEMPT, redirect_uri="https://agency.example/cb?")),
    "verifier_wrong": (CODE, replace(ATTEMPT, verifier="w" * 43)),
    "key_changed": (CODE, replace(ATTEMPT, key=None)),
}


def test_a_fresh_code_may_be_exchanged() -> None:
    assert objection(CODE, ATTEMPT) is None
    assert objection(replace(CODE, key=None), ATTEMPT) is None


@pytest.mark.parametrize("reason", BROKEN)
def test_a_code_is_refused_when(reason: str) -> None:
    assert objection(*BROKEN[reason]) == reason


def test_every_rule_has_an_example() -> None:
    assert BROKEN.keys() == RULES.keys()


def test_a_code_comes_back_as_it_was_packed() -> None:
    assert unpack(pack(CODE)) == CODE


def test_a_short_verifier_proves_nothing_even_if_it_fits() -> None:
    assert (
        objection(replace(CODE, challenge=challenge("short")), replace(ATTEMPT, verifier="short")) == "verifier_wrong"
    )
