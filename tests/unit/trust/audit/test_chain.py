"""The chain shows every way of tampering with the history."""

import pytest
from msgspec.structs import replace

from trust.audit.chain import FIRST, Entry, draw, objection

ENTRIES = [Entry(number=number, text=f'{{"kind":"event-{number}"}}') for number in (3, 4, 7)]
LINK = draw(1, FIRST, ENTRIES)


def test_an_untouched_link_holds() -> None:
    assert objection(LINK, None, ENTRIES) is None
    assert objection(draw(2, LINK.hash, [Entry(number=9, text="x")]), LINK, [Entry(number=9, text="x")]) is None


def test_the_order_in_which_entries_are_read_makes_no_difference() -> None:
    assert draw(1, FIRST, reversed(ENTRIES)) == LINK


BROKEN = {
    "an entry is missing": ("entry_missing_or_added", LINK, ENTRIES[:2]),
    "an entry was added": ("entry_missing_or_added", LINK, [*ENTRIES, Entry(number=5, text="{}")]),
    "a text was changed": ("entry_changed", LINK, [*ENTRIES[:2], replace(ENTRIES[2], text="{}")]),
    "an entry has another number": ("entry_changed", LINK, [ENTRIES[0], replace(ENTRIES[1], number=5), ENTRIES[2]]),
    "the link begins elsewhere": ("entry_changed", replace(LINK, first=1), ENTRIES),
    "the link follows another": ("link_does_not_follow", replace(LINK, previous="f" * 64), ENTRIES),
    "the link has another number": ("link_missing", replace(LINK, number=2), ENTRIES),
}


@pytest.mark.parametrize("what", BROKEN)
def test_a_touched_history_is_noticed(what: str) -> None:
    reason, link, entries = BROKEN[what]
    assert objection(link, None, entries) == reason


def test_a_link_drawn_under_another_number_is_another() -> None:
    elsewhere = draw(2, FIRST, ENTRIES)
    assert objection(replace(elsewhere, number=1), None, ENTRIES) == "entry_changed"


def test_moving_text_between_entries_changes_the_hash() -> None:
    one = draw(1, FIRST, [Entry(number=1, text="ab"), Entry(number=2, text="c")])
    other = draw(1, FIRST, [Entry(number=1, text="a"), Entry(number=2, text="bc")])
    assert one.hash != other.hash


def test_every_link_from_a_touched_one_on_is_another() -> None:
    assert draw(2, LINK.hash, ENTRIES).hash != draw(2, "f" * 64, ENTRIES).hash
