"""Every answer about lists and recognition has its sentence, in four languages."""

import ast
import inspect

import pytest

from trust.anchors import recognition, sentences
from trust.anchors.recognition import CONDITIONS, Conclusion, Outcome
from trust.anchors.sentences import LANGUAGES, SENTENCES, of_conclusion, of_condition
from trust.anchors.trust_list import ListState


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_condition_and_conclusion_can_be_said(language: str) -> None:
    for name in CONDITIONS:
        for outcome in (Outcome.MET, Outcome.NOT_MET):
            assert of_condition(name, outcome, "", language)
    for conclusion in Conclusion:
        assert of_conclusion(conclusion, "HK", language)
    assert of_conclusion(Conclusion.NOT_LISTED, "MO", language) != of_conclusion(Conclusion.NOT_LISTED, "HK", language)
    for state in ListState:
        assert sentences.sentence(f"list.{state}", language)


def test_every_reason_for_not_checking_can_be_said() -> None:
    reasons = {f"list_{state}" for state in ListState if state not in (ListState.CURRENT, ListState.NOT_YET)}
    for call in (node for node in ast.walk(ast.parse(inspect.getsource(recognition))) if isinstance(node, ast.Call)):
        said = {word.arg: word.value for word in call.keywords}
        if "NOT_CHECKED" in ast.dump(said["outcome"]) if "outcome" in said else False:
            reasons |= {word.value for word in [said.get("reason")] if isinstance(word, ast.Constant)}  # type: ignore[misc]
    assert reasons >= {"list_expired", "certificate_not_supplied", "path_unknown"}
    assert {reason for reason in reasons if not of_condition("root", "not_checked", reason, "en")} == set()


def test_no_language_borrows_anothers_words() -> None:
    for key, words in SENTENCES.items():
        assert words[2] != words[3], key
        assert all(words), key
