"""Two records are of one person, are not, or a person must decide."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from gateway.identity.assertion import Attributes, ChineseName, Sex
from gateway.identity.document import Document, DocumentType
from gateway.identity.matching import PERMITS, REASONS, Decision, Manual, Match, Mismatch, decide
from gateway.regions.simplify import simplifier

SIMPLIFY = simplifier()
T = DocumentType
HKID = Document(type=T.HKID, number="A1234563")
BIR = Document(type=T.MO_BIR, number="51111111")
PERMIT = Document(type=T.HOME_RETURN_PERMIT, number="H12345678", renewal=1)
RESIDENCE = Document(type=T.RESIDENCE_PERMIT, number="810000199001010019")


def name(text: str, *, verified: bool = True) -> ChineseName:
    return ChineseName(text=text, verified=verified)


HOME = Attributes(
    documents=(HKID,),
    birth_date=date(1990, 1, 1),
    sex=Sex.MALE,
    chinese_name=name("陳大文"),
    latin_name="CHAN Tai Man",
)
GUANGDONG = Attributes(documents=(PERMIT,), birth_date=date(1990, 1, 1), sex=Sex.MALE, chinese_name=name("陈大文"))
HOME_WITH_PERMIT = replace(HOME, documents=(HKID, replace(PERMIT, renewal=1)))

FACTS = ("birth_date_equal", "sex_equal")
CASES: list[tuple[str, Attributes, Attributes, Decision]] = [
    (
        "no document in common, everything else equal",
        HOME,
        GUANGDONG,
        Match(reasons=("no_shared_document", *FACTS, "chinese_name_equal")),
    ),
    (
        "a shared number",
        HOME_WITH_PERMIT,
        GUANGDONG,
        Match(reasons=("document_number_equal", *FACTS, "chinese_name_equal")),
    ),
    (
        "the permit was renewed on one side",
        HOME_WITH_PERMIT,
        replace(GUANGDONG, documents=(replace(PERMIT, renewal=2),)),
        Match(reasons=("document_number_equal", "permit_renewed", *FACTS, "chinese_name_equal")),
    ),
    (
        "the shared number differs",
        HOME_WITH_PERMIT,
        replace(GUANGDONG, documents=(replace(PERMIT, number="H87654321"),)),
        Mismatch(reasons=("document_number_differs", *FACTS, "chinese_name_equal")),
    ),
    (
        "birth dates differ",
        HOME,
        replace(GUANGDONG, birth_date=date(1990, 1, 2)),
        Mismatch(reasons=("no_shared_document", "birth_date_differs", "sex_equal", "chinese_name_equal")),
    ),
    (
        "birth dates differ, whatever the number says",
        HOME_WITH_PERMIT,
        replace(GUANGDONG, birth_date=date(1990, 1, 2)),
        Mismatch(reasons=("document_number_equal", "birth_date_differs", "sex_equal", "chinese_name_equal")),
    ),
    (
        "sexes differ",
        HOME,
        replace(GUANGDONG, sex=Sex.FEMALE),
        Mismatch(reasons=("no_shared_document", "birth_date_equal", "sex_differs", "chinese_name_equal")),
    ),
    (
        "no birth date at one side",
        HOME,
        replace(GUANGDONG, birth_date=None),
        Manual(reasons=("no_shared_document", "birth_date_missing", "sex_equal", "chinese_name_equal")),
    ),
    (
        "no sex at one side",
        replace(HOME, sex=None),
        GUANGDONG,
        Manual(reasons=("no_shared_document", "birth_date_equal", "sex_missing", "chinese_name_equal")),
    ),
    (
        "an unverified Chinese name alone",
        replace(HOME, chinese_name=name("陳大文", verified=False)),
        GUANGDONG,
        Manual(reasons=("no_shared_document", *FACTS, "chinese_name_unverified")),
    ),
    (
        "an unverified Chinese name beside a verified romanised one",
        replace(HOME, chinese_name=name("陳大文", verified=False)),
        replace(GUANGDONG, latin_name="TAI MAN CHAN"),
        Match(reasons=("no_shared_document", *FACTS, "latin_name_equal")),
    ),
    (
        "an unverified Chinese name that differs, beside a romanised one",
        replace(HOME, chinese_name=name("張大文", verified=False)),
        replace(GUANGDONG, latin_name="TAI MAN CHAN"),
        Manual(reasons=("no_shared_document", *FACTS, "chinese_name_differs_unverified", "latin_name_equal")),
    ),
    (
        "an unverified Chinese name beside a shared number",
        replace(HOME_WITH_PERMIT, chinese_name=name("陳大文", verified=False)),
        GUANGDONG,
        Match(reasons=("document_number_equal", *FACTS, "chinese_name_equal")),
    ),
    (
        "an ambiguous character",
        replace(HOME, chinese_name=name("蕭大文")),
        replace(GUANGDONG, chinese_name=name("肖大文")),
        Manual(reasons=("no_shared_document", *FACTS, "chinese_name_ambiguous")),
    ),
    (
        "an ambiguous character beside a shared number",
        replace(HOME_WITH_PERMIT, chinese_name=name("蕭大文")),
        replace(GUANGDONG, chinese_name=name("肖大文")),
        Match(reasons=("document_number_equal", *FACTS, "chinese_name_variant")),
    ),
    (
        "another Chinese name",
        HOME,
        replace(GUANGDONG, chinese_name=name("陈小文")),
        Mismatch(reasons=("no_shared_document", *FACTS, "chinese_name_differs")),
    ),
    (
        "another Chinese name under the same number",
        HOME_WITH_PERMIT,
        replace(GUANGDONG, chinese_name=name("陈小文")),
        Manual(reasons=("document_number_equal", *FACTS, "chinese_name_changed")),
    ),
    (
        "another romanisation",
        HOME,
        replace(GUANGDONG, latin_name="CHEN DAWEN"),
        Manual(reasons=("no_shared_document", *FACTS, "chinese_name_equal", "latin_name_differs")),
    ),
    (
        "names in two scripts that cannot be compared",
        replace(HOME, chinese_name=None),
        GUANGDONG,
        Manual(reasons=("no_shared_document", *FACTS, "names_not_comparable")),
    ),
    (
        "names in two scripts beside a shared number",
        replace(HOME_WITH_PERMIT, chinese_name=None),
        GUANGDONG,
        Match(reasons=("document_number_equal", *FACTS, "names_not_compared")),
    ),
    (
        "an account at Guangdong without any permit",
        HOME,
        replace(GUANGDONG, documents=()),
        Manual(reasons=("no_permit_at_guangdong", "no_shared_document", *FACTS, "chinese_name_equal")),
    ),
    (
        "a Macau resident with a permit of Hong Kong",
        replace(HOME, documents=(BIR,)),
        GUANGDONG,
        Manual(reasons=("permit_of_another_region", "no_shared_document", *FACTS, "chinese_name_equal")),
    ),
    (
        "a residence permit",
        HOME,
        replace(GUANGDONG, documents=(RESIDENCE,)),
        Match(reasons=("no_shared_document", *FACTS, "chinese_name_equal")),
    ),
    (
        "a residence permit with another date than the account",
        replace(HOME, birth_date=date(1991, 1, 1)),
        replace(GUANGDONG, documents=(RESIDENCE,), birth_date=date(1991, 1, 1)),
        Manual(reasons=("permit_date_differs", "no_shared_document", *FACTS, "chinese_name_equal")),
    ),
]


@pytest.mark.parametrize(("home", "guangdong", "decision"), [case[1:] for case in CASES], ids=[c[0] for c in CASES])
def test_decide(home: Attributes, guangdong: Attributes, decision: Decision) -> None:
    assert decide(home, guangdong, SIMPLIFY) == decision


def test_what_nobody_checked_is_never_a_match() -> None:
    decision = decide(HOME_WITH_PERMIT, GUANGDONG, SIMPLIFY, proved=False)
    assert isinstance(decision, Manual)
    assert decision.reasons[0] == "record_unproved"


def test_every_reason_has_an_example() -> None:
    shown = {reason for *_, decision in CASES for reason in decision.reasons} | {"record_unproved"}
    assert shown == set(REASONS)


ATTRIBUTES = st.builds(
    Attributes,
    documents=st.lists(st.sampled_from([HKID, BIR, PERMIT, RESIDENCE]), max_size=3).map(tuple),
    birth_date=st.sampled_from([None, date(1990, 1, 1), date(1991, 1, 1)]),
    sex=st.sampled_from([None, *Sex]),
    chinese_name=st.none()
    | st.builds(ChineseName, text=st.sampled_from(["陳大文", "陈大文", "蕭大文", "肖大文"]), verified=st.booleans()),
    latin_name=st.sampled_from([None, "CHAN Tai Man", "TAI MAN CHAN", "CHAN"]),
)


@given(home=ATTRIBUTES, guangdong=ATTRIBUTES, proved=st.booleans())
def test_a_match_always_rests_on_birth_date_sex_a_permit_and_something_more(
    home: Attributes, guangdong: Attributes, proved: bool
) -> None:
    decision = decide(home, guangdong, SIMPLIFY, proved=proved)
    assert set(decision.reasons) <= set(REASONS)
    if not isinstance(decision, Match):
        return
    assert proved
    assert home.birth_date == guangdong.birth_date is not None
    assert home.sex == guangdong.sex is not None
    assert any(document.type in PERMITS for document in guangdong.documents)
    shared = {d.type for d in home.documents} & {d.type for d in guangdong.documents}
    names = {"chinese_name_equal", "latin_name_equal"} & set(decision.reasons)
    assert shared or names
    if not shared and home.chinese_name and not home.chinese_name.verified:
        assert "latin_name_equal" in decision.reasons
