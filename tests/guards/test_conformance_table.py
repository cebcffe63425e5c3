"""The table of conformance says what the tests say, and what is not proved is known."""

from tests.conformance.plans import PLANS, UNPROVED
from tests.conformance.requirements import LISTS
from tests.conformance.table import TABLE, absent, missing, table


def test_the_table_is_current() -> None:
    assert TABLE.read_text(encoding="utf-8") == table(), "run: python -m tests.conformance.table"


def test_only_known_modules_are_without_a_test() -> None:
    gaps = {module for plan in PLANS for module in missing(plan)}
    assert gaps == UNPROVED.keys()


def test_every_promise_has_its_tests_or_says_why_not() -> None:
    promises = [one for listed in LISTS.values() for one in listed]
    assert [one.words for one in promises if bool(one.proofs) is bool(one.open)] == []
    assert [name for one in promises for name in absent(one)] == []
