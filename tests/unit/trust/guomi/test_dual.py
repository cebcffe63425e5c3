"""Two signatures of one act: when they are one, and that an act is never better than its worse half."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.unit.trust.guomi.making import NOW, Wish, authority, issue
from trust.guomi import certificate, dual
from trust.guomi.dual import Half, Outcome, Pair

SECOND = timedelta(seconds=1)
RSA = Half(
    name="Signature1",
    key_kind="rsa",
    organisations=frozenset({"沙盒数据有限公司"}),
    persons=frozenset({"沙盒电子章"}),
    codes=frozenset({"91440000ma00000000"}),
    begin=0,
    end=5_000,
    at=NOW,
    outcome=Outcome.HOLDS,
)
SM2 = replace(RSA, name="Signature2", key_kind="sm2", end=9_000, at=NOW + timedelta(seconds=20))


def said(first: Half = RSA, second: Half = SM2) -> str | None:
    return dual.objection(dual.pair(first, second))


def test_two_signatures_of_one_signer_right_after_each_other_are_one_act() -> None:
    assert said() is None
    assert dual.outcome(dual.pair(RSA, SM2)) is Outcome.HOLDS


def test_either_may_be_the_first_and_be_named_first() -> None:
    assert said(SM2, RSA) is None
    assert dual.pair(SM2, RSA) == dual.pair(RSA, SM2)
    assert said(replace(RSA, end=9_000), replace(SM2, end=5_000)) is None


def coded_by_nobody(half: Half) -> Half:
    return replace(half, codes=frozenset())


def without_organisation(half: Half) -> Half:
    return replace(coded_by_nobody(half), organisations=frozenset())


def nameless(half: Half) -> Half:
    return replace(without_organisation(half), persons=frozenset())


BROKEN: dict[str, tuple[str, Half, Half]] = {
    "two SM2 signatures": ("not_two_kinds_of_keys", replace(RSA, key_kind="sm2"), SM2),
    "two others": ("not_two_kinds_of_keys", RSA, replace(SM2, key_kind="ec")),
    "another code": ("signers_differ", RSA, replace(SM2, codes=frozenset({"91440000ma99999999"}))),
    "another organisation": (
        "signers_differ",
        replace(RSA, codes=frozenset()),
        replace(SM2, organisations=frozenset({"另一家公司"})),
    ),
    "an organisation and a person": (
        "signers_differ",
        replace(RSA, codes=frozenset()),
        replace(SM2, codes=frozenset(), organisations=frozenset()),
    ),
    "nobody named": ("signers_differ", nameless(RSA), nameless(SM2)),
    "one that leaves out the beginning": ("not_from_the_beginning", RSA, replace(SM2, begin=100)),
    "one over nothing": ("second_does_not_cover_first", replace(RSA, end=0), SM2),
    "both over the same": ("second_does_not_cover_first", replace(RSA, end=9_000), SM2),
    "a change between them": ("changed_between", replace(RSA, changed_after=True), SM2),
    "a long time between them": (
        "too_far_apart",
        RSA,
        replace(SM2, at=NOW + dual.LONGEST_ACT + SECOND),
    ),
    "a long time before": ("too_far_apart", RSA, replace(SM2, at=NOW - dual.LONGEST_ACT - SECOND)),
    "no time": ("too_far_apart", RSA, replace(SM2, at=None)),
}


@pytest.mark.parametrize("case", BROKEN)
def test_two_signatures_are_two_acts_with(case: str) -> None:
    expected, first, second = BROKEN[case]
    assert said(first, second) == expected


def test_every_rule_has_an_example() -> None:
    assert {expected for expected, _, _ in BROKEN.values()} == dual.RULES.keys()


def test_the_longest_act_is_still_one() -> None:
    assert said(RSA, replace(SM2, at=NOW + dual.LONGEST_ACT)) is None
    assert said(RSA, replace(SM2, at=NOW - SECOND)) is None  # two authorities' clocks


def test_without_codes_the_organisation_decides_and_without_one_the_name() -> None:
    assert said(coded_by_nobody(RSA), coded_by_nobody(SM2)) is None
    assert said(without_organisation(RSA), without_organisation(SM2)) is None


@given(first=st.sampled_from(Outcome), second=st.sampled_from(Outcome))
def test_an_act_is_as_good_as_its_worse_half(first: Outcome, second: Outcome) -> None:
    both = Pair(first=replace(RSA, outcome=first), second=replace(SM2, outcome=second))
    assert (dual.outcome(both) is Outcome.HOLDS) == (first is Outcome.HOLDS and second is Outcome.HOLDS)
    assert (dual.outcome(both) is Outcome.FAILS) == (Outcome.FAILS in {first, second})


def test_halves_are_read_from_certificates() -> None:
    sm2 = dual.half_of(certificate.read(issue("章 A", authority(), Wish(organisation="ＧＢＡ Data Ltd")).der), name="1")
    rsa = dual.half_of(certificate.read(issue("RSA 章", authority(), Wish(organisation="gba data  LTD")).der), name="2")
    assert (sm2.key_kind, rsa.key_kind) == ("sm2", "rsa")
    assert sm2.organisations == rsa.organisations == {"gbadataltd"}
    assert dual.RULES["signers_differ"](dual.pair(sm2, rsa))
    assert "gba" not in repr(sm2)
