"""What each policy asks for, on real files; and what each law is told."""

import pytest
from msgspec.structs import replace

from tests.attacks.documents import base, signer, world
from tests.fakes.foreign_signing import ForeignSigner
from tests.fakes.sealing_world import plain_pdf
from trust.validation.policy import POLICIES

pytestmark = pytest.mark.filterwarnings("ignore")


def verdict(pdf: bytes, policy: str) -> str:
    return replace(world().verifier(), policy=POLICIES[policy])(pdf).verdict.reason


EXPECTED = {
    "our seal, B-LTA": ("valid", "valid", "valid"),
    "our seal, B-B": ("time_not_proved", "valid", "level_below_policy"),
    "approval, B-T": ("valid", "valid", "level_below_policy"),
    "approval, B-LTA": ("valid", "valid", "valid"),
}


@pytest.mark.parametrize("name", EXPECTED)
def test_a_policy_asks_for_what_it_says(name: str) -> None:
    assert tuple(verdict(base(name), policy) for policy in ("seal", "ordinary", "archive")) == EXPECTED[name]


def test_a_seal_allows_no_further_signature() -> None:
    twice = signer().sign(base("approval, B-T"), "B-T", name="Second")
    assert (verdict(twice, "seal"), verdict(twice, "ordinary")) == ("signed_after_sealing", "valid")


LAWS = {"HK": "Cap. 553", "MO": "5/2005", "CN-44": "Electronic Signature Law"}


@pytest.mark.parametrize("territory", LAWS)
def test_each_territory_is_judged_by_its_own_law(territory: str) -> None:
    pdf = ForeignSigner(world=world(), territory=territory).sign(plain_pdf(), "B-T")
    told = world().verify(pdf).as_json()["signatures"][0]["legal_regime"]
    assert LAWS[territory] in told["law"]
    outcomes = {one["outcome"] for one in told["conditions"]}
    assert outcomes == {"met", "not_checked"}
    assert all((one["reason"] is None) == (one["outcome"] == "met") for one in told["conditions"])


def test_altered_content_is_not_met_under_any_law() -> None:
    pdf = ForeignSigner(world=world(), territory="HK").sign(plain_pdf(compress_streams=False), "B-T")
    changed = pdf.replace(b"(Page 1)", b"(Page 7)")
    told = world().verify(changed).as_json()["signatures"][0]["legal_regime"]
    assert "not_met" in {one["outcome"] for one in told["conditions"]}
