"""The same list for every region and for the face check, against the simulators' real wire formats."""

from collections.abc import Callable
from pathlib import Path

import pytest

from gateway.errors import AssertionRejected, PersonDeclined, RegionUnavailable
from gateway.identity.assertion import RegionAssertion
from gateway.ports.regions import CheckResult
from tests.fakes.outside import Outside
from tests.fakes.travels import TRAVELS, Travel

REJECTED = (
    "expired",
    "replayed",
    "wrong_audience",
    "tampered",
    "missing_required_attribute",
    "another_state",
)


@pytest.fixture(scope="session")
def registered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One registration for all: making the keys takes longer than a journey."""
    return tmp_path_factory.mktemp("registered")


@pytest.fixture(params=TRAVELS)
def travel(request: pytest.FixtureRequest, registered: Path) -> Travel:
    make: Callable[[Outside], Travel] = TRAVELS[request.param]
    return make(Outside(registered))


def test_the_happy_path_ends_with_a_verified_value(travel: Travel) -> None:
    result = travel.happy()
    if isinstance(result, CheckResult):
        assert result.passed
        return
    assert isinstance(result, RegionAssertion)
    assert result.subject
    assert result.authenticated_at.tzinfo is not None
    assert result.attributes is not None
    assert result.attributes.documents
    assert result.attributes.birth_date is not None
    assert result.attributes.sex is not None


def test_nothing_personal_is_printed(travel: Travel) -> None:
    result = travel.happy()
    printed = repr(result)
    assert "陳" not in printed
    assert "陈" not in printed
    assert "1985" not in printed
    if isinstance(result, RegionAssertion):
        assert result.subject not in printed


@pytest.mark.parametrize("situation", REJECTED)
def test_what_does_not_hold_is_rejected_with_its_reason(travel: Travel, situation: str) -> None:
    with pytest.raises(AssertionRejected) as caught:
        getattr(travel, situation)()
    assert caught.value.reason == travel.reasons[situation]


def test_a_person_who_cancels_has_declined(travel: Travel) -> None:
    with pytest.raises(PersonDeclined) as caught:
        travel.declined()
    assert caught.value.reason == "cancelled"


def test_a_region_that_does_not_answer_is_unavailable(travel: Travel) -> None:
    with pytest.raises(RegionUnavailable) as caught:
        travel.unreachable()
    assert caught.value.reason in ("upstream_unavailable", "keys_unavailable")


def test_a_region_that_is_at_fault_is_unavailable(travel: Travel) -> None:
    with pytest.raises(RegionUnavailable):
        travel.slow_or_broken()


def test_an_answer_that_is_no_answer_is_not_believed(travel: Travel) -> None:
    with pytest.raises((AssertionRejected, RegionUnavailable)):
        travel.not_what_it_should_be()


def test_every_refusal_has_its_reason(travel: Travel) -> None:
    assert travel.reasons.keys() == {*REJECTED, "declined"}


def test_an_unknown_attribute_changes_nothing(travel: Travel, registered: Path) -> None:
    plain = type(travel)(Outside(registered)).happy()
    result = travel.unknown_attribute()
    if isinstance(result, RegionAssertion):
        assert isinstance(plain, RegionAssertion)
        assert result.attributes == plain.attributes
    else:
        assert not hasattr(result, "score")
