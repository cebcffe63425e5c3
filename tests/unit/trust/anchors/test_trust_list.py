"""Which issue of a list may follow which, and when one is current."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from tests.fakes.trust_lists import AT, listed
from trust.anchors.trust_list import ListState, TrustList, objection_to_successor, standing

LIST = listed()
NEXT = replace(LIST, sequence=2, issued_at=AT + timedelta(days=1), digest="sha256:next")


@pytest.mark.parametrize(
    ("new", "reason"),
    [
        (NEXT, None),
        (LIST, None),
        (replace(NEXT, sequence=7), None),
        (replace(NEXT, sequence=0), "older_than_known"),
        (replace(NEXT, issued_at=AT - timedelta(seconds=1)), "older_than_known"),
        (replace(NEXT, sequence=1), "sequence_reused"),
        (replace(NEXT, territory="MO"), "territory_differs"),
    ],
)
def test_what_was_replaced_never_comes_back(new: TrustList, reason: str | None) -> None:
    assert objection_to_successor(LIST, new) == reason


def test_a_list_is_current_from_its_issue_until_its_next_update() -> None:
    assert LIST.next_update is not None
    second = timedelta(seconds=1)
    moments = (AT - second, AT, LIST.next_update, LIST.next_update + second)
    assert [standing(LIST, at).state for at in moments] == [
        ListState.NOT_YET,
        ListState.CURRENT,
        ListState.CURRENT,
        ListState.EXPIRED,
    ]


def test_a_closed_list_is_never_current() -> None:
    assert standing(replace(LIST, next_update=None), AT).state is ListState.EXPIRED
    assert not standing(replace(LIST, next_update=None), AT).usable
