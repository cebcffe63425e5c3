"""The table of conformance says what the tests say, and what is not proved is known."""

from tests.conformance.plans import PLANS
from tests.conformance.table import TABLE, missing, table

# No test bears their names yet, each for a reason.
KNOWN_GAPS: dict[str, str] = {
    "oidcc-idtoken-rs256": "FAPI 2.0 §5.4.1 forbids RS256; ID tokens are signed with ES256",
    "oidcc-userinfo-rs256": "the same; who wants userinfo signed gets ES256",
    "oidcc-registration-sector-uri": "the sector is the agency that the operator invited, not what a client publishes",
}


def test_the_table_is_current() -> None:
    assert TABLE.read_text(encoding="utf-8") == table(), "run: python -m tests.conformance.table"


def test_only_known_modules_are_without_a_test() -> None:
    gaps = {module for plan in PLANS for module in missing(plan)}
    assert gaps == KNOWN_GAPS.keys()
