"""Who may exchange which token for whom (RFC 8693): each rule by itself, and what comes along."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from gateway.oidc.access_token import AccessToken
from gateway.oidc.client import Client
from gateway.oidc.token_exchange import ACCESS_TOKEN, CODES, RULES, Attempt, objection, scope_of

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
TOKEN = AccessToken(
    id="t",
    client="registry",
    subject="person",
    scope=("openid", "profile", "offline_access"),
    audience="https://gateway.example",
    grant="g",
    key="its-key",
    certificate="its-certificate",
    issued_at=NOW,
    expires_at=NOW + timedelta(minutes=10),
)


def client(name: str, **other: Any) -> Client:
    return Client(id=name, agency=name, names={}, region="HK", redirect_uris=(), **other)


HONEST = Attempt(
    form={"subject_token_type": ACCESS_TOKEN},
    caller=client("registry", may_call=frozenset({"ferry"})),
    key="its-key",
    certificate="its-certificate",
    token=TOKEN,
    target=client("ferry"),
    scope=("openid",),
    consented=True,
)
BROKEN: dict[str, list[Attempt]] = {
    "subject_token_type_unknown": [replace(HONEST, form={}), replace(HONEST, form={"subject_token_type": "x"})],
    "requested_token_type_unknown": [replace(HONEST, form={**HONEST.form, "requested_token_type": "x"})],
    "actor_token_refused": [replace(HONEST, form={**HONEST.form, "actor_token": ""})],
    "subject_token_of_another_client": [replace(HONEST, token=replace(TOKEN, client="other"))],
    "subject_token_without_person": [replace(HONEST, token=replace(TOKEN, grant=None))],
    "token_of_another_key": [replace(HONEST, key="another"), replace(HONEST, key=None)],
    "token_of_another_certificate": [replace(HONEST, certificate="another"), replace(HONEST, certificate=None)],
    "scope_wider_than_granted": [replace(HONEST, scope=("openid", "phone"))],
    "audience_not_allowed": [replace(HONEST, target=None), replace(HONEST, target=client("other"))],
    "consent_missing_at_audience": [replace(HONEST, consented=False)],
}


def test_an_honest_attempt_gets_its_token() -> None:
    assert objection(HONEST) is None
    assert objection(replace(HONEST, form={**HONEST.form, "requested_token_type": ACCESS_TOKEN})) is None


def test_a_bearers_token_is_bound_by_nothing_that_comes_along() -> None:
    assert objection(replace(HONEST, token=replace(TOKEN, key=None, certificate=None))) is None


@pytest.mark.parametrize("reason", BROKEN)
def test_it_gets_none_when(reason: str) -> None:
    assert {objection(attempt) for attempt in BROKEN[reason]} == {reason}


def test_every_rule_has_an_example_and_what_the_standards_name_is_a_rule() -> None:
    assert BROKEN.keys() == RULES.keys()
    assert CODES.keys() <= RULES.keys()


def test_what_is_not_narrowed_is_all_but_coming_back_alone() -> None:
    assert scope_of(HONEST) == ("openid",)
    assert scope_of(replace(HONEST, scope=())) == ("openid", "profile")
    assert scope_of(replace(HONEST, scope=("offline_access", "openid"))) == ("openid",)
