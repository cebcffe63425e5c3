"""Which claims are told, and the reason of each that is not: never more than the agency may know."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from gateway.identity import consent
from gateway.identity.binding import Binding, Profile
from gateway.identity.claim import CLAIMS, SCOPE_CLAIMS
from gateway.identity.consent import State
from gateway.identity.region import Region
from gateway.identity.release import Ground, Withheld, tell, verified, withheld
from gateway.identity.verification import DEFAULT_VOUCHERS, named
from tests.fakes.vouched import BASES, binding, record

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
GROUND = Ground(
    binding=binding(),
    consent=record(CLAIMS, at=NOW),
    allowed_scopes=frozenset(SCOPE_CLAIMS),
    destination="CN-44",
    bases=BASES,
    at=NOW,
)
WITHDRAWN = consent.then(record(CLAIMS, at=NOW), State.WITHDRAWN, at=NOW, by="person")
WITHOUT_NAME = record([name for name in CLAIMS if name != "name"], at=NOW)
FROM_MACAU = tuple(basis for basis in BASES if basis.source == "MO")
ANY = {"trust_framework": None}


def less(ground: Ground = GROUND, **home: object) -> Ground:
    """The same with something else in what is kept."""
    assert ground.binding is not None
    kept = ground.binding.profile
    return replace(ground, binding=replace(ground.binding, profile=replace(kept, home=replace(kept.home, **home))))


# reason → a claim and the ground on which it is withheld for that reason
EXAMPLES: dict[Withheld, tuple[str, Ground]] = {
    Withheld.UNKNOWN: ("shoe_size", GROUND),
    Withheld.NOT_ALLOWED: ("home_document", replace(GROUND, allowed_scopes=frozenset({"profile"}))),
    Withheld.NOT_IN_SCOPE: ("home_document", replace(GROUND, scope=frozenset({"openid", "profile"}))),
    Withheld.NOT_CONSENTED: ("name", replace(GROUND, consent=WITHOUT_NAME)),
    Withheld.NOT_LAWFUL: ("name", replace(GROUND, bases=())),
    Withheld.NOT_CONSENTED_OR_LAWFUL: ("name", replace(GROUND, bases=FROM_MACAU)),
    Withheld.NOT_HELD: ("name", less(latin_name=None)),
}


@pytest.mark.parametrize("reason", EXAMPLES)
def test_a_claim_is_withheld_for_its_reason(reason: Withheld) -> None:
    name, ground = EXAMPLES[reason]
    assert withheld([name], ground) == {name: reason}
    assert tell([name], ground) == {}


def test_every_reason_of_a_plain_claim_has_an_example() -> None:
    assert set(EXAMPLES) == set(Withheld) - {Withheld.NOT_VERIFIED, Withheld.NOT_MET, Withheld.OTHER_VALUE}


def test_what_is_told_is_not_withheld() -> None:
    assert withheld(["name", "birthdate"], GROUND) == {}
    assert tell(["name"], GROUND) == {"name": "CHAN TAI MAN"}


NOBODY: list[Callable[[], Ground]] = [
    lambda: replace(GROUND, binding=None),
    lambda: replace(GROUND, consent=None),
    lambda: replace(GROUND, consent=WITHDRAWN),
    lambda: replace(GROUND, binding=replace(binding(), ended_at=NOW)),
    lambda: replace(GROUND, consent=replace(record(CLAIMS, at=NOW), valid_until=NOW - timedelta(seconds=1))),
]


@pytest.mark.parametrize("ground", NOBODY)
def test_without_a_consent_that_stands_every_reason_is_the_same_whatever_is_held(ground: Callable[[], Ground]) -> None:
    names = ["name", "travel_document", "home_document"]
    assert set(withheld(names, ground()).values()) == {Withheld.NOT_CONSENTED}


def test_where_the_law_differs_by_home_the_reason_does_not_say_which_home_it_is() -> None:
    from_macau = replace(GROUND, bases=FROM_MACAU)  # lawful for a person of Macau alone
    of_macau = replace(from_macau, binding=replace(binding(), home=Region.MACAU), consent=WITHOUT_NAME)
    assert withheld(["name"], from_macau) == withheld(["name"], of_macau)
    assert tell(["name"], replace(of_macau, consent=GROUND.consent)) == {"name": "CHAN TAI MAN"}


def test_what_was_not_consented_says_nothing_of_whether_it_is_held() -> None:
    refused = replace(GROUND, consent=record(["name"], at=NOW))
    bare = replace(refused, binding=replace(binding(), profile=Profile(home=binding().profile.home)))
    assert withheld(["travel_document"], refused) == withheld(["travel_document"], bare)
    element = {"verification": ANY, "claims": {"travel_document": None}}
    assert verified((element,), refused, DEFAULT_VOUCHERS) == verified((element,), bare, DEFAULT_VOUCHERS)


def asked(ground: Ground, claims: dict[str, object], verification: dict[str, object] | None = None) -> object:
    answer = verified(({"verification": verification or ANY, "claims": claims},), ground, DEFAULT_VOUCHERS)
    return answer.withheld


def weaker(**levels: str) -> Ground:
    weak: Binding = replace(binding(), **levels)
    return replace(GROUND, binding=weak)


def test_a_verified_claim_is_withheld_for_its_reason() -> None:
    assert asked(GROUND, {"name": {"value": "NOBODY"}}) == {"name": Withheld.OTHER_VALUE}
    assert asked(GROUND, {"name": None}, {"trust_framework": {"value": "eidas"}}) == {"name": Withheld.NOT_MET}
    assert asked(weaker(home_level="urn:gba:acr:1"), {"name": None}) == {"name": Withheld.NOT_VERIFIED}
    assert asked(GROUND, {"verification": None, "shoe_size": None}) == dict.fromkeys(
        ("verification", "shoe_size"), Withheld.UNKNOWN
    )
    assert asked(replace(GROUND, consent=WITHOUT_NAME), {"name": None}) == {"name": Withheld.NOT_CONSENTED}
    assert asked(less(latin_name=None), {"name": None}) == {"name": Withheld.NOT_HELD}


def test_without_a_consent_to_say_how_nothing_is_told_as_verified() -> None:
    without = replace(GROUND, consent=record([name for name in CLAIMS if name != "verification"], at=NOW))
    answer = verified(({"verification": ANY, "claims": {"name": None}},), without, DEFAULT_VOUCHERS)
    assert answer.elements == ()
    assert answer.withheld == {"name": Withheld.NOT_CONSENTED}


def test_a_chinese_name_that_home_did_not_verify_is_not_told_as_verified() -> None:
    unverified = replace(GROUND, binding=binding(chinese_name_verified=False))
    assert tell(["chinese_name"], unverified) == {"chinese_name": "陳大文"}
    assert asked(unverified, {"chinese_name": None}) == {"chinese_name": Withheld.NOT_VERIFIED}


def test_each_side_vouches_for_its_own_and_the_weaker_level_counts() -> None:
    wish = {"trust_framework": None, "assurance_level": None, "time": None}
    ground = weaker(guangdong_level="urn:gba:acr:2", home_level="urn:gba:acr:4")
    element = {"verification": wish, "claims": {"name": None, "travel_document": None}}
    home, guangdong = verified((element,), ground, DEFAULT_VOUCHERS).elements
    assert home["verification"] == {
        "trust_framework": "urn:gba:trust-framework:HK",
        "assurance_level": "urn:gba:acr:3",  # the comparison is worth no more
        "time": "2026-11-01T00:00:00Z",  # of the day: no second by which two agencies could know one person
    }
    assert isinstance(guangdong["verification"], dict)
    assert guangdong["verification"]["assurance_level"] == "urn:gba:acr:2"


def test_an_operator_names_the_framework_or_takes_a_regions_word_away() -> None:
    vouchers = named({"HK": "https://registry.example/hk", "CN-44": ""})
    element = {"verification": ANY, "claims": {"name": None, "travel_document": None}}
    answer = verified((element,), GROUND, vouchers)
    assert [one["verification"] for one in answer.elements] == [{"trust_framework": "https://registry.example/hk"}]
    assert answer.withheld == {"travel_document": Withheld.NOT_VERIFIED}


def test_no_number_of_a_document_is_in_any_evidence() -> None:
    whole = {"trust_framework": None, "evidence": None}
    answer = verified(({"verification": whole, "claims": {"name": None}},), GROUND, DEFAULT_VOUCHERS)
    assert "A1234563" not in str(answer.elements)
    assert "document" in str(answer.elements)


def test_an_answer_prints_no_value() -> None:
    answer = verified(({"verification": ANY, "claims": {"name": None}},), GROUND, DEFAULT_VOUCHERS)
    assert answer.elements
    assert "CHAN" not in repr(answer)
