"""Assurance is ordinal, and a session is as sure as the weakest thing it rests on."""

import pytest

from gateway.identity.assurance import (
    Level,
    demanded,
    effective,
    grade,
    level_of,
    proves_identity,
    suffices,
)
from gateway.identity.region import Region


@pytest.mark.parametrize(
    ("region", "method", "level"),
    [
        (Region.GUANGDONG, "L0", 1),
        (Region.GUANGDONG, "L1", 2),
        (Region.GUANGDONG, "L2", 3),
        (Region.GUANGDONG, "L3", 4),
        (Region.HONG_KONG, "iamsmart", 3),
        (Region.HONG_KONG, "iamsmart_step_up", 4),
        (Region.MACAU, "password", 2),
        (Region.MACAU, "electronic_identity", 3),
        (Region.MACAU, "esigncloud", 4),
    ],
)
def test_a_method_is_graded(region: Region, method: str, level: int) -> None:
    graded = grade(region, method)
    assert graded is not None
    assert graded.level == level


def test_a_method_that_nobody_graded_carries_nothing() -> None:
    assert grade(Region.GUANGDONG, "L4") is None
    assert grade(Region.HONG_KONG, "L2") is None


def test_the_weakest_counts() -> None:
    assert effective(Level.CERTIFIED, Level.PERSON_MATCHED, Level.RECORD_MATCHED) is Level.RECORD_MATCHED
    assert effective(Level.PERSON_MATCHED) is Level.PERSON_MATCHED


def test_more_than_asked_suffices() -> None:
    assert suffices(Level.CERTIFIED, Level.PERSON_MATCHED)
    assert suffices(Level.SELF_ASSERTED, None)
    assert not suffices(Level.RECORD_MATCHED, Level.PERSON_MATCHED)


def test_acr_values_name_levels() -> None:
    assert Level.PERSON_MATCHED.acr == "urn:gba:acr:3"
    assert level_of("urn:gba:acr:3") is Level.PERSON_MATCHED
    assert level_of("urn:gba:acr:5") is None
    assert demanded(("urn:gba:acr:4", "urn:gba:acr:3", "other")) is Level.PERSON_MATCHED
    assert demanded(("other",)) is None


def test_a_self_asserted_record_proves_nothing() -> None:
    assert not proves_identity(Level.SELF_ASSERTED)
    assert proves_identity(Level.RECORD_MATCHED)
