"""Refresh tokens: an example for each rule."""

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from gateway.oidc.client import Client
from gateway.oidc.grant import Grant
from gateway.oidc.permission import Permission
from gateway.oidc.refresh_token import RULES, Attempt, is_due, objection, rotates

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
PERMISSION = Permission(
    account="account-1",
    session="session-1",
    home="HK",
    acr="urn:gba:acr:3",
    amr=("swk",),
    authenticated_at=NOW,
    scope=("openid", "offline_access"),
    claims=("name", "offline_access"),
    consent="consent-1",
)
CLIENT = Client(
    id="registry",
    agency="registry-agency",
    names={"en": "Registry"},
    region="CN-44",
    redirect_uris=(),
    grant_types=frozenset({"authorization_code", "refresh_token"}),
)
GRANT = Grant(
    id="g",
    client="registry",
    agency="registry-agency",
    permission=PERMISSION,
    key="k",
    certificate="c",
    issued_at=NOW,
    expires_at=NOW + timedelta(days=1),
)
ATTEMPT = Attempt(client="registry", scope=(), proved=True, certified=True, consented=True, at=NOW)
BROKEN = {
    "refresh_token_of_another_client": replace(ATTEMPT, client="ferry"),
    "refresh_token_expired": replace(ATTEMPT, at=NOW + timedelta(days=1)),
    "proof_missing": replace(ATTEMPT, proved=False),
    "certificate_missing": replace(ATTEMPT, certified=False),
    "scope_wider_than_granted": replace(ATTEMPT, scope=("openid", "profile")),
    "consent_ended": replace(ATTEMPT, consented=False),
}


def test_an_honest_attempt_gets_tokens() -> None:
    assert objection(GRANT, ATTEMPT) is None
    bearer = replace(GRANT, key=None, certificate=None)
    assert objection(bearer, replace(ATTEMPT, proved=False, certified=False, scope=("openid",))) is None


@pytest.mark.parametrize("reason", BROKEN)
def test_it_is_refused_when(reason: str) -> None:
    assert objection(GRANT, BROKEN[reason]) == reason


def test_every_rule_has_an_example() -> None:
    assert BROKEN.keys() == RULES.keys()


def test_it_is_replaced_where_nothing_binds_it() -> None:
    assert not rotates(GRANT)
    assert not rotates(replace(GRANT, key=None))
    assert not rotates(replace(GRANT, certificate=None))
    assert rotates(replace(GRANT, key=None, certificate=None))


def test_it_is_due_when_asked_for_agreed_to_and_allowed() -> None:
    assert is_due(PERMISSION, CLIENT)
    assert not is_due(replace(PERMISSION, scope=("openid",)), CLIENT)
    assert not is_due(replace(PERMISSION, claims=("name",)), CLIENT)
    assert not is_due(PERMISSION, replace(CLIENT, grant_types=frozenset({"authorization_code"})))
