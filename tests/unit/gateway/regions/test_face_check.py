"""An example for every rule of a face comparison's result; the rest is in tests/contracts/test_regions.py."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from gateway.ports.regions import CheckResult
from gateway.regions.face_check import RULES, Expected, objection
from tests.fakes.outside import Outside
from tests.fakes.travels import ToTheFaceCheck

AT = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
NOW = int(AT.timestamp())
EXPECTED = Expected(issuer="i", client_id="c", nonce="n", application="A-1", at=AT, leeway=30)
CLAIMS: dict[str, Any] = {
    "iss": "i",
    "aud": "c",
    "iat": NOW,
    "exp": NOW + 60,
    "nonce": "n",
    "application": "A-1",
    "outcome": "passed",
    "reference": "R-1",
}
BROKEN: dict[str, dict[str, object]] = {
    "issuer_wrong": {"iss": "x"},
    "audience_wrong": {"aud": ["c"]},
    "assertion_expired": {"exp": NOW - 30},
    "issued_at_wrong": {"iat": NOW + 31},
    "nonce_wrong": {"nonce": None},
    "application_wrong": {"application": "A-2"},
    "outcome_unknown": {"outcome": "almost"},
    "reference_missing": {"reference": ""},
}


def test_a_good_result_holds() -> None:
    assert objection(CLAIMS, EXPECTED) is None


@pytest.mark.parametrize("reason", BROKEN)
def test_a_result_is_refused(reason: str) -> None:
    assert objection({**CLAIMS, **BROKEN[reason]}, EXPECTED) == reason


@pytest.mark.parametrize(("claim", "reason"), [("exp", "assertion_expired"), ("iat", "issued_at_wrong")])
@pytest.mark.parametrize("told", [10**400, float("inf"), True, "soon"])
def test_a_moment_beyond_all_reason_is_none(claim: str, reason: str, told: object) -> None:
    assert objection({**CLAIMS, claim: told}, EXPECTED) == reason


def test_every_rule_has_an_example() -> None:
    assert BROKEN.keys() == RULES.keys()


def test_a_face_that_does_not_match_is_a_result_and_no_error(tmp_path: Path) -> None:
    travel = ToTheFaceCheck(Outside(tmp_path))
    result = travel.outside.face_check.arrive(*travel.away(answer="failed"))
    assert isinstance(result, CheckResult)
    assert not result.passed
    assert result.service == "Sandbox Face Comparison"
