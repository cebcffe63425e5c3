"""The table of conformance says what the tests say, and what is not proved is known."""

from tests.conformance.plans import PLANS, UNPROVED
from tests.conformance.table import TABLE, missing, table


def test_the_table_is_current() -> None:
    assert TABLE.read_text(encoding="utf-8") == table(), "run: python -m tests.conformance.table"


def test_only_known_modules_are_without_a_test() -> None:
    gaps = {module for plan in PLANS for module in missing(plan)}
    assert gaps == UNPROVED.keys()
