"""Every refusal that a partner may see names a clause, and the tables name no reason that nobody gives."""

import pytest

from gateway.oidc.clauses import BROKEN, CLAUSES, CODES
from gateway.oidc.integration_error import clause
from pwa.explain import WORDS
from pwa.integration_texts import SAID, SENTENCES, sentence
from pwa.refusal_texts import ALIKE, CLIENT_PROOF, CODE, NONCE, SCOPE, SERVICE_REQUEST, TOKEN

PARTNERS_OWN = {
    reason
    for problem, reasons in ALIKE
    if problem in (TOKEN, NONCE, SCOPE, CLIENT_PROOF, SERVICE_REQUEST, CODE)
    for reason in reasons.split()
}


def test_each_reason_has_its_clause_and_its_sentence() -> None:
    assert sorted(PARTNERS_OWN - CLAUSES.keys()) == []
    assert sorted(PARTNERS_OWN - SENTENCES.keys()) == []


def test_no_reason_is_listed_twice_or_left_over() -> None:
    for table in (BROKEN, SAID):
        listed = [reason for reasons in table.values() for reason in reasons.split()]
        assert len(set(listed)) == len(listed)
        assert sorted(set(listed) - WORDS.keys()) == []


@pytest.mark.parametrize(("code", "expected"), CODES.items())
def test_a_reason_without_a_clause_is_told_by_its_code(code: str, expected: str) -> None:
    assert clause("a_reason_of_tomorrow", code) == expected


def test_what_nobody_foresaw_still_says_something() -> None:
    assert clause("a_reason_of_tomorrow", "a_code_of_tomorrow") == "RFC 9110 §15.5"
    assert sentence("a_reason_of_tomorrow", 400) == WORDS["malformed_request"].title
