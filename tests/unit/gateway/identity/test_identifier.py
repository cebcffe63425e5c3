"""Identifiers of different issuers, types or values never meet."""

from hypothesis import given
from hypothesis import strategies as st

from gateway.identity.identifier import Identifier, guangdong_account, home_subject

parts = st.tuples(st.text(max_size=12), st.text(max_size=12), st.text(max_size=12))
# Values that try to look like the seams between the parts.
hostile = st.text(alphabet="0123456789:,;|\x1f", max_size=8)


def identifier(of: tuple[str, str, str]) -> Identifier:
    return Identifier(issuer=of[0], type=of[1], value=of[2])


@given(parts, parts)
def test_two_identifiers_share_a_key_only_if_they_are_one(
    one: tuple[str, str, str], other: tuple[str, str, str]
) -> None:
    assert (identifier(one).key == identifier(other).key) == (one == other)


@given(st.tuples(hostile, hostile, hostile), st.tuples(hostile, hostile, hostile))
def test_nor_can_a_value_imitate_the_seams(one: tuple[str, str, str], other: tuple[str, str, str]) -> None:
    assert (identifier(one).key == identifier(other).key) == (one == other)


def test_the_same_value_at_home_and_in_guangdong_is_two_identifiers() -> None:
    assert home_subject("issuer", "7").key != guangdong_account("issuer", "7").key


def test_the_value_is_not_printed() -> None:
    assert "A1234563" not in repr(home_subject("issuer", "A1234563"))
