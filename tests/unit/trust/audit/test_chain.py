"""The chain shows every way of tampering with the history."""

from dataclasses import replace

import pytest

from trust.audit.chain import FIRST, Entry, draw, objection

ENTRIES = [Entry(number=number, text=f'{{"kind":"event-{number}"}}') for number in (3, 4, 7)]
LINK = draw(1, FIRST, ENTRIES)


def test_an_untouched_link_holds() -> None:
    assert objection(LINK, None, ENTRIES) is None
    assert objection(draw(2, LINK.hash, [Entry(number=9, text="x")]), LINK, [Entry(number=9, text="x")]) is None


BROKEN = {
    "entry_missing_or_added": (LINK, ENTRIES[:2]),
    "entry_changed": (LINK, [*ENTRIES[:2], replace(ENTRIES[2], text="{}")]),
    "link_does_not_follow": (replace(LINK, previous="f" * 64), ENTRIES),
    "link_missing": (replace(LINK, number=2), ENTRIES),
}


@pytest.mark.parametrize("reason", BROKEN)
def test_a_touched_history_is_noticed(reason: str) -> None:
    link, entries = BROKEN[reason]
    assert objection(link, None, entries) == reason


def test_moving_text_between_entries_changes_the_hash() -> None:
    one = draw(1, FIRST, [Entry(number=1, text="ab"), Entry(number=2, text="c")])
    other = draw(1, FIRST, [Entry(number=1, text="a"), Entry(number=2, text="bc")])
    assert one.hash != other.hash
