"""Pairwise subjects: stable for an agency, different for every other, under the key the account was made with."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.identity.subject import account_id, key_version, pairwise

ACCOUNT = account_id(3, "token-of-some-length")


def test_an_account_says_which_key_makes_its_subjects() -> None:
    assert key_version(ACCOUNT) == 3


@pytest.mark.parametrize("unclear", ["", "3", "3.", "x.token-of-some-length", "3.short", "3.token of some length"])
def test_what_is_no_account_has_no_subject(unclear: str) -> None:
    with pytest.raises(ValueError, match="account_id_unclear"):
        key_version(unclear)


def test_agencies_cannot_compare_notes() -> None:
    subjects = {pairwise(ACCOUNT, agency, secret=b"secret") for agency in ("a", "b", "c")}
    assert len(subjects) == 3
    assert pairwise(ACCOUNT, "a", secret=b"secret") in subjects
    assert pairwise(ACCOUNT, "a", secret=b"another") not in subjects


@given(st.text(), st.text(), st.text(), st.text())
def test_no_two_pairs_share_a_subject(account: str, agency: str, other: str, other_agency: str) -> None:
    same = pairwise(account, agency, secret=b"k") == pairwise(other, other_agency, secret=b"k")
    assert same == ((account, agency) == (other, other_agency))
