"""Every reason that a verdict can give has a sentence in every language."""

import re
from pathlib import Path

import pytest

import trust.pades.contained
import trust.pades.reader
import trust.validation.assess
import trust.validation.judge
from trust.validation.sentences import LANGUAGES, SENTENCES, sentence

GIVEN = re.compile(r'(?:failed|undecided|passed|nothing|_nothing|Unsupported)\((?:data, )?"(\w+)"\)')
MODULES = [trust.pades.contained, trust.pades.reader, trust.validation.assess, trust.validation.judge]


def reasons() -> set[str]:
    texts = [Path(str(module.__file__)).read_text("utf-8") for module in MODULES]
    found = {reason for text in texts for reason in GIVEN.findall(text)}
    found |= set(re.findall(r'"([A-Z]+(?:_[A-Z]+)+)"', texts[2]))
    return found - {"MOST_SIGNATURES"}


@pytest.mark.parametrize("reason", sorted(reasons()))
def test_a_reason_has_a_sentence(reason: str) -> None:
    assert reason in SENTENCES


@pytest.mark.parametrize("language", LANGUAGES)
def test_sentences_are_whole(language: str) -> None:
    for reason in SENTENCES:
        said = sentence(reason, language)
        assert said.endswith("。" if language.startswith("zh") else ".")
        assert ("," in said and language.startswith("zh")) is False


def test_an_unknown_reason_is_said_as_it_is() -> None:
    assert sentence("something_new", "pt") == "something new"
