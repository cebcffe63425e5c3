"""A biometric check: read strictly, enabled only with its papers, told without a face."""

from collections.abc import Mapping

import pytest
from msgspec.structs import replace

from gateway.identity.check import (
    CheckAsked,
    CheckPurpose,
    Outcome,
    Way,
    granted,
    objection,
    objection_to_enable,
    read,
)

ASKED = CheckAsked(application="APP-1", purpose="branch")
DETAIL = {"type": "biometric_check", "application": "APP-1", "purpose": "branch"}
PURPOSE = CheckPurpose(
    code="branch",
    notice="biometric-check",
    agencies=frozenset({"registry"}),
    impact_assessment="PIA-1",
    necessity={"en": "Because."},
    parameters={},
)


@pytest.mark.parametrize(
    ("details", "found"),
    [
        ((), None),
        (({"type": "another"},), None),
        ((DETAIL,), ASKED),
        (({"type": "another"}, DETAIL), ASKED),
        ((DETAIL, DETAIL), "more_than_one_check"),
        (({**DETAIL, "application": ""},), "check_application_unclear"),
        (({**DETAIL, "application": "x" * 65},), "check_application_unclear"),
        (({**DETAIL, "application": "a\nb"},), "check_application_unclear"),
        (({**DETAIL, "application": 7},), "check_application_unclear"),
        (({**DETAIL, "purpose": None},), "check_purpose_unclear"),
    ],
)
def test_what_is_asked(details: tuple[Mapping[str, object], ...], found: object) -> None:
    assert read(details) == found


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({}, None),
        ({"impact_assessment": ""}, "impact_assessment_missing"),
        ({"necessity": {}}, "necessity_missing"),
        ({"necessity": {"en": "Because.", "pt": " "}}, "necessity_missing"),
        ({"agencies": frozenset()}, "purpose_of_nobody"),
        ({"alternative": {}}, "alternative_missing"),
    ],
)
def test_what_must_be_settled_before_it_is_enabled(changes: dict[str, object], reason: str | None) -> None:
    assert objection_to_enable(replace(PURPOSE, **changes)) == reason


def test_only_the_agency_it_was_enabled_for_may_ask() -> None:
    purposes = {PURPOSE.code: PURPOSE}
    assert objection(ASKED, "registry", purposes) is None
    assert objection(ASKED, "another", purposes) == "check_purpose_of_another"
    assert objection(replace(ASKED, purpose="nose"), "registry", purposes) == "check_purpose_unknown"


def test_the_agency_learns_the_result_the_way_and_the_record_and_nothing_else() -> None:
    told = granted(ASKED, way=Way.FACE, outcome=Outcome.PASSED, consent="r-1")
    assert told == {**DETAIL, "method": "face", "outcome": "passed", "consent": "r-1"}


def test_another_way_is_offered_unless_it_was_taken_away() -> None:
    assert PURPOSE.alternative == {"kind": "confirmation_at_home", "same_fee": True, "same_time_limit": True}
