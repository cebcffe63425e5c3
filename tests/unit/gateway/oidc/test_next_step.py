"""What comes next for a person: one table of facts and steps."""

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from gateway.identity.assurance import Level
from gateway.identity.region import Region
from gateway.identity.session import Session
from gateway.oidc.authorization_request import AuthorizationRequest
from gateway.oidc.next_step import (
    AskCheck,
    AskClaims,
    Authenticate,
    Done,
    Facts,
    Impossible,
    Step,
    StepUp,
    next_step,
    silently,
    wanted_levels,
)

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
REQUEST = AuthorizationRequest(
    client="c", redirect_uri="https://c.example/", scope=("openid",), code_challenge="x" * 43
)
SESSION = Session(
    id="s",
    browser="b",
    account="1.a",
    home=Region.HONG_KONG,
    binding="b-1",
    acr="urn:gba:acr:2",
    amr=("pwd",),
    authenticated_at=NOW - timedelta(minutes=5),
    created_at=NOW,
    seen_at=NOW,
)
FACTS = Facts(
    request=REQUEST,
    session=SESSION,
    fresh=False,
    stepped_up=False,
    ceiling=Level.PERSON_MATCHED,
    is_expected_person=True,
    claims_pending=False,
    check_pending=False,
    at=NOW,
)
UNMET = Impossible(code="unmet_authentication_requirements", reason="level_not_reached")


def asking(**wishes: object) -> Facts:
    return replace(FACTS, request=replace(REQUEST, **wishes))


def levels(*values: str) -> Facts:
    return asking(acr_values=values)


@pytest.mark.parametrize(
    ("facts", "step"),
    [
        (FACTS, Done()),
        (replace(FACTS, session=None), Authenticate()),
        (replace(FACTS, request=None), Done()),
        (asking(prompt=frozenset({"login"})), Authenticate()),
        (asking(prompt=frozenset({"select_account"})), Authenticate()),
        (replace(asking(prompt=frozenset({"login"})), fresh=True), Done()),
        (asking(max_age=299), Authenticate()),
        (asking(max_age=300), Done()),
        (asking(max_age=0), Authenticate()),
        (replace(asking(max_age=0), fresh=True), Done()),
        (replace(FACTS, is_expected_person=False), Authenticate()),
        (
            replace(FACTS, is_expected_person=False, fresh=True),
            Impossible(code="login_required", reason="another_person"),
        ),
        (levels("urn:gba:acr:2"), Done()),
        (levels("urn:gba:acr:3"), StepUp(Level.PERSON_MATCHED)),
        (levels("urn:gba:acr:3", "urn:gba:acr:2"), Done()),
        (replace(levels("urn:gba:acr:3"), stepped_up=True), UNMET),
        (levels("urn:gba:acr:4"), UNMET),
        (levels("urn:somebody:else"), Done()),
        (replace(FACTS, claims_pending=True, check_pending=True), AskClaims()),
        (replace(FACTS, check_pending=True), AskCheck()),
        (replace(levels("urn:gba:acr:3"), claims_pending=True), StepUp(Level.PERSON_MATCHED)),
    ],
)
def test_the_next_step(facts: Facts, step: Step) -> None:
    assert next_step(facts) == step


@pytest.mark.parametrize(
    ("step", "code"),
    [
        (Authenticate(), "login_required"),
        (StepUp(Level.CERTIFIED), "login_required"),
        (AskClaims(), "consent_required"),
        (AskCheck(), "interaction_required"),
        (UNMET, "unmet_authentication_requirements"),
        (Done(), None),
    ],
)
def test_what_a_request_that_allows_no_page_is_told(step: Step, code: str | None) -> None:
    assert silently(step) == code


def test_an_acr_claim_counts_like_acr_values() -> None:
    for wish in ({"values": ["urn:gba:acr:3", 7]}, {"value": "urn:gba:acr:3"}):
        request = replace(REQUEST, claims={"id_token": {"acr": wish}})
        assert wanted_levels(request) == ("urn:gba:acr:3",)
    assert wanted_levels(replace(REQUEST, claims={"id_token": {"acr": {}}})) == ()
