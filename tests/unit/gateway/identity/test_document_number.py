"""A number is read in canonical form, or what is wrong with it is named."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.identity.document import Document, DocumentType
from gateway.identity.document_codes import GA_T_2000_156, code_for, type_for
from gateway.identity.document_number import LONGEST, objection, read

T = DocumentType

GOOD = [
    (T.HKID, "A123456(3)", "A1234563", None),
    (T.HKID, "a123456 3", "A1234563", None),
    (T.HKID, "G123456(A)", "G123456A", None),
    (T.HKID, "AB987654(3)", "AB9876543", None),
    (T.HKID, "Ａ１２３４５６（３）", "A1234563", None),
    (T.MO_BIR, "5111111(1)", "51111111", None),
    (T.MO_BIR, "1/234567/8", "12345678", None),
    (T.HOME_RETURN_PERMIT, "H12345678", "H12345678", None),
    (T.HOME_RETURN_PERMIT, "H1234567802", "H12345678", 2),
    (T.HOME_RETURN_PERMIT, "M1234567800", "M12345678", 0),
    (T.HOME_RETURN_PERMIT_NON_CHINESE, "HA1234567", "HA1234567", None),
    (T.HOME_RETURN_PERMIT_NON_CHINESE, "MA123456701", "MA1234567", 1),
    (T.RESIDENCE_PERMIT, "810000199001010019", "810000199001010019", None),
    (T.RESIDENCE_PERMIT, "820000198512310029", "820000198512310029", None),
    (T.PRC_ID, "11010519491231002x", "11010519491231002X", None),
    (T.MO_PASSPORT, "MA1234567", "MA1234567", None),
    (T.HK_PASSPORT, "H12345678", "H12345678", None),
    (T.HK_PASSPORT, "KJ1234567", "KJ1234567", None),
    (T.OTHER_PASSPORT, "C5005988", "C5005988", None),
]

BAD = [
    (T.HKID, "K034169(1)", "check_digit_wrong"),
    (T.HKID, "K034178(2)", "check_digit_wrong"),
    (T.HKID, "ABC123456", "form_wrong"),
    (T.HKID, "A१२३४५६(3)", "form_wrong"),
    (T.MO_BIR, "1234567", "form_wrong"),
    (T.HOME_RETURN_PERMIT, "H123456789", "form_wrong"),
    (T.HOME_RETURN_PERMIT, "A12345678", "form_wrong"),
    (T.HOME_RETURN_PERMIT, "HA1234567", "form_wrong"),
    (T.HOME_RETURN_PERMIT_NON_CHINESE, "H12345678", "form_wrong"),
    (T.RESIDENCE_PERMIT, "810000199001010018", "check_digit_wrong"),
    (T.RESIDENCE_PERMIT, "810000199013010013", "date_impossible"),
    (T.RESIDENCE_PERMIT, "830000199001010019", "form_wrong"),
    (T.PRC_ID, "810000199001010019", "form_wrong"),
    (T.OTHER_PASSPORT, "A" * (LONGEST + 1), "too_long"),
    (T.OTHER_PASSPORT, "", "form_wrong"),
]


@pytest.mark.parametrize(("type_", "text", "number", "renewal"), GOOD)
def test_a_good_number_is_read(type_: DocumentType, text: str, number: str, renewal: int | None) -> None:
    assert objection(type_, text) is None
    assert read(type_, text) == Document(type=type_, number=number, renewal=renewal)


@pytest.mark.parametrize(("type_", "text", "reason"), BAD)
def test_a_bad_number_is_named(type_: DocumentType, text: str, reason: str) -> None:
    assert objection(type_, text) == reason
    assert read(type_, text) is None


def test_every_type_has_an_example() -> None:
    assert {type_ for type_, *_ in GOOD} == set(DocumentType)


def test_one_form_may_be_two_types() -> None:
    assert read(T.MO_PASSPORT, "MA1234567") != read(T.HOME_RETURN_PERMIT_NON_CHINESE, "MA1234567")


@given(st.sampled_from(DocumentType), st.text(max_size=40))
def test_anything_is_either_read_or_objected_to(type_: DocumentType, text: str) -> None:
    assert (read(type_, text) is None) == (objection(type_, text) is not None)


def test_a_number_is_never_printed() -> None:
    assert "123456" not in repr(read(T.HKID, "A123456(3)"))


@pytest.mark.parametrize("type_", [T.HKID, T.MO_BIR, T.RESIDENCE_PERMIT, T.HOME_RETURN_PERMIT_NON_CHINESE])
def test_a_type_without_a_code_is_not_given_a_neighbours(type_: DocumentType) -> None:
    assert code_for(type_, GA_T_2000_156) is None


def test_the_permit_is_516_both_ways() -> None:
    assert code_for(T.HOME_RETURN_PERMIT, GA_T_2000_156) == "516"
    assert type_for("516", GA_T_2000_156) is T.HOME_RETURN_PERMIT
    assert type_for("999", GA_T_2000_156) is None
