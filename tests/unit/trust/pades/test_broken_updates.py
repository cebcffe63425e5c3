"""What stands in a file whose later updates are broken is not lost: each signature is told, and none is passed."""

import pytest

from tests.fakes.sealing_world import SAMPLES
from trust.pades import reader
from trust.validation.facts import Change

FIVE = SAMPLES / "signed" / "pades-5-signatures-and-1-document-timestamp.pdf"


@pytest.mark.skipif(not FIVE.is_file(), reason="the sample documents are not beside this checkout")
def test_signatures_before_a_broken_cross_reference_hold_and_what_came_after_them_cannot_be_told() -> None:
    """The updates after the fifth signature name a cross-reference that lies inside a value, and one at byte 0.

    A viewer builds the cross-reference anew, so nobody can say what was changed: indeterminate, not failed
    (EN 319 102-1 §5.1.3), with every signature's own cryptography holding.
    """
    facts = reader.read(FIVE.read_bytes())
    assert [(item.cms.intact, item.cms.genuine) for item in facts.signatures] == [(True, True)] * 6
    assert {item.change for item in facts.signatures} == {Change.UNKNOWN}
    assert [item.is_stamp for item in facts.signatures] == [False] * 5 + [True]
