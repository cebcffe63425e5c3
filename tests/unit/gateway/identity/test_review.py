"""A review's reference is read out over telephones, and a review is decided once and in time."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from gateway.identity.review import REFERENCE_LETTERS, Review, ReviewState, objection, reference

NOW = datetime(2026, 11, 21, tzinfo=UTC)
REVIEW = Review(
    id="r",
    reference="AAAAA-BBBBB",
    home=None,
    guangdong=None,
    reasons=(),
    opened_at=NOW,
    expires_at=NOW + timedelta(days=30),
)


@given(st.text())
def test_a_reference_has_no_letter_that_is_read_as_another(token: str) -> None:
    made = reference(token)
    assert (len(made), made[5]) == (11, "-")
    assert set(made.replace("-", "")) <= set(REFERENCE_LETTERS)
    assert not set("01OI") & set(REFERENCE_LETTERS)


def test_tokens_that_begin_alike_make_references_that_do_not() -> None:
    assert len({reference(f"token-number-{number}") for number in range(100)}) == 100


def test_it_is_decided_once_and_in_time() -> None:
    assert objection(REVIEW, at=NOW) is None
    assert objection(REVIEW, at=REVIEW.expires_at) == "review_over"
    for state in ReviewState:
        if state is not ReviewState.OPEN:
            assert objection(replace(REVIEW, state=state), at=NOW) == "review_decided"
