"""Each reason for refusing a document has an example."""

import pytest
from msgspec.structs import replace

from trust.documents.intake import LARGEST, MOST_PAGES, RULES, DocumentFacts, objection

GOOD = DocumentFacts(size=1000, header=True, readable=True, pages=1)
BROKEN = {
    "empty": replace(GOOD, size=0),
    "too_large": replace(GOOD, size=LARGEST + 1),
    "not_a_pdf": replace(GOOD, header=False),
    "encrypted": replace(GOOD, encrypted=True),
    "unreadable": replace(GOOD, readable=False),
    "no_pages": replace(GOOD, pages=0),
    "too_many_pages": replace(GOOD, pages=MOST_PAGES + 1),
    "certified_against_changes": replace(GOOD, no_changes_allowed=True),
    "signed_and_damaged": replace(GOOD, sound=False, signatures=1),
}


def test_an_ordinary_document_is_admitted() -> None:
    assert objection(GOOD) is None
    assert objection(replace(GOOD, active=("javascript",))) is None  # a finding, not a refusal
    assert objection(replace(GOOD, sound=False)) is None  # unsigned: it can be repaired


@pytest.mark.parametrize("reason", BROKEN)
def test_a_document_is_refused_when(reason: str) -> None:
    assert objection(BROKEN[reason]) == reason


def test_every_rule_has_an_example() -> None:
    assert BROKEN.keys() == RULES.keys()
