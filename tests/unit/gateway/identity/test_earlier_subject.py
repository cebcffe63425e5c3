"""Taking over the name by which an agency knew a person: an example per rule, and a guard that there is one."""

import pytest
from msgspec.structs import replace

from gateway.identity.earlier_subject import RULES, KnownAs, Standing, is_so_already, objection

WHOSE = KnownAs(account="1.account-of-the-example")
NOW = Standing(whose=WHOSE, taken_by=None, present="made-here")
BROKEN = {
    "subject_of_another_person": replace(NOW, told_to="1.somebody-else-entirely"),
    "subject_twice": replace(NOW, in_file=True),
    "person_twice": replace(NOW, person_in_file=True),
    "person_has_another": replace(NOW, imported="u-1"),
    "told_under_another_subject": replace(NOW, told=frozenset({"made-here"})),
}


def test_a_name_for_somebody_whom_the_agency_was_not_told_of_is_taken() -> None:
    assert objection(NOW) is None
    assert not is_so_already("u-2", NOW)


@pytest.mark.parametrize("reason", BROKEN)
def test_it_is_not_taken_when(reason: str) -> None:
    assert objection(BROKEN[reason]) == reason


def test_every_rule_has_an_example() -> None:
    assert BROKEN.keys() == RULES.keys()


def test_whoever_shows_the_name_that_was_told_may_change_it() -> None:
    assert objection(replace(NOW, told=frozenset({"made-here"}), names_it=True)) is None


def test_the_same_line_again_changes_nothing_whether_the_person_came_meanwhile_or_not() -> None:
    waiting = KnownAs(person="hash")
    assert is_so_already("u-2", replace(NOW, taken_by=WHOSE))
    assert is_so_already("u-2", replace(NOW, whose=waiting, taken_by=waiting))
    assert not is_so_already("u-2", replace(NOW, taken_by=KnownAs(account="1.somebody-else-entirely")))
    assert is_so_already("made-here", NOW)
