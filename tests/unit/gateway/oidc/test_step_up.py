"""What a resource may demand of the sign-in behind a token (RFC 9470)."""

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from gateway.identity.assurance import Level
from gateway.oidc.permission import Permission
from gateway.oidc.step_up import RULES, Requirement, objection

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
REQUIRED = Requirement(level=Level.PERSON_MATCHED, max_age=timedelta(minutes=5))
PERMISSION = Permission(
    account="a",
    session="s",
    home="HK",
    acr="urn:gba:acr:3",
    amr=(),
    authenticated_at=NOW - timedelta(minutes=5),
    scope=("openid",),
    claims=(),
    consent=None,
)
BROKEN = {
    "sign_in_too_weak": replace(PERMISSION, acr="urn:gba:acr:2"),
    "sign_in_too_long_ago": replace(PERMISSION, authenticated_at=NOW - timedelta(minutes=5, seconds=1)),
}


def test_a_sign_in_that_is_sure_and_late_enough_does() -> None:
    assert objection(REQUIRED, PERMISSION, NOW) is None
    assert objection(REQUIRED, replace(PERMISSION, acr="urn:gba:acr:4"), NOW) is None


@pytest.mark.parametrize("reason", BROKEN)
def test_it_does_not_when(reason: str) -> None:
    assert objection(REQUIRED, BROKEN[reason], NOW) == reason


def test_a_token_that_nobody_signed_in_for_never_does() -> None:
    assert objection(Requirement(max_age=timedelta(days=1)), None, NOW) == "token_without_sign_in"


def test_a_level_that_nobody_knows_is_the_lowest() -> None:
    assert objection(REQUIRED, replace(PERMISSION, acr="urn:other"), NOW) == "sign_in_too_weak"


def test_every_rule_has_an_example() -> None:
    assert BROKEN.keys() == RULES.keys()


def test_it_says_what_to_ask_for() -> None:
    assert REQUIRED.acr_values == "urn:gba:acr:3 urn:gba:acr:4"
    assert REQUIRED.seconds == 300
    assert Requirement(max_age=timedelta(seconds=1)).acr_values == ""
