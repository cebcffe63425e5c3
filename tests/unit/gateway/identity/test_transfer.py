"""A claim crosses a border on a configured basis, or not at all."""

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from gateway.identity.claim import CLAIMS
from gateway.identity.region import Region
from gateway.identity.transfer import Allowed, Ask, Refused, Transfer, TransferBasis, assess, objection
from gateway.identity.transfer_ground import Ground

NOW = datetime(2026, 11, 21, tzinfo=UTC)
ASKING = TransferBasis(
    source="HK",
    destination="CN-44",
    ground=Ground.SEPARATE_CONSENT,
    reference="notice:claims",
    claims=frozenset({"name"}),
)
FILED = replace(ASKING, ground=Ground.STANDARD_CONTRACT_HK, reference="GD-SC-2026-1")


def judged(*bases: TransferBasis, claim: str = "name", to: str = "CN-44") -> Transfer:
    return assess(claim, home=Region.HONG_KONG, destination=to, bases=bases, at=NOW)


def test_nothing_crosses_without_a_basis() -> None:
    for name in CLAIMS:
        for home in (Region.HONG_KONG, Region.MACAU):
            outcome = assess(name, home=home, destination="MO" if home != "MO" else "HK", bases=(), at=NOW)
            assert outcome == Refused("no_transfer_basis")


def test_within_one_place_consent_is_enough() -> None:
    assert judged(claim="travel_document") == Allowed(None)
    assert judged(to="HK") == Allowed(None)


def test_a_separate_consent_is_asked_and_a_filed_contract_is_preferred() -> None:
    assert judged(ASKING) == Ask(ASKING)
    assert judged(ASKING, FILED) == Allowed(FILED)


@pytest.mark.parametrize(
    ("basis", "reason"),
    [
        (replace(ASKING, claims=frozenset({"birthdate"})), "no_transfer_basis"),
        (replace(ASKING, source="MO"), "no_transfer_basis"),
        (replace(ASKING, destination="HK"), "no_transfer_basis"),
        (replace(ASKING, reference=" "), "no_transfer_basis"),
        (replace(ASKING, valid_until=NOW), "transfer_basis_expired"),
        (replace(FILED, ground=Ground.STANDARD_CONTRACT_MO), "no_transfer_basis"),
    ],
)
def test_a_basis_that_does_not_cover_it_is_none(basis: TransferBasis, reason: str) -> None:
    assert judged(basis) == Refused(reason)


def test_a_basis_holds_until_its_last_moment() -> None:
    assert judged(replace(ASKING, valid_until=NOW + timedelta(microseconds=1))) != Refused("transfer_basis_expired")


def test_a_claim_that_nobody_knows_goes_nowhere() -> None:
    assert judged(ASKING, claim="shoe_size", to="HK") == Refused("claim_unknown")


def test_a_configured_basis_is_examined() -> None:
    assert objection(FILED) is None
    assert objection(replace(ASKING, reference="")) == "transfer_basis_without_reference"
    assert objection(replace(ASKING, claims=frozenset({"shoe_size"}))) == "transfer_basis_of_unknown_claim"
    assert objection(replace(FILED, source="MO")) == "transfer_basis_outside_its_contract"
