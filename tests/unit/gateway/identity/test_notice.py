"""Notices: the same clauses in every language, and a hash over exactly what was shown."""

import hashlib
import json
from pathlib import Path

import pytest

from gateway.identity.notice import LANGUAGES, Block, NoticeBroken, assemble, show, text_sha256
from gateway.storage.notices import NoticeFolder

FOLDER = Path(__file__).resolve().parents[4] / "translations" / "notices"
NAMES = ("binding", "claims", "biometric-check")
SOURCE = """
id = "a"
version = "1"
effective_from = "2026-01-01"
binding_language = "en"
title = "T {who}"
[answers]
agree = "Yes"
[[block]]
id = "n1"
kind = "question"
text = "May {who}?"
"""


def sources(**changes: str) -> dict[str, str]:
    return {language: changes.get(language, SOURCE) for language in ("en", "pt")}


@pytest.mark.parametrize("name", NAMES)
def test_every_notice_exists_in_four_languages_clause_by_clause(name: str) -> None:
    notice = NoticeFolder(FOLDER).current(name)
    assert set(notice.texts) == set(LANGUAGES)
    assert NoticeFolder(FOLDER).version(name, notice.version) == notice


@pytest.mark.parametrize("name", NAMES)
def test_chinese_notices_use_full_width_punctuation(name: str) -> None:
    notice = NoticeFolder(FOLDER).current(name)
    for language in ("zh-Hant", "zh-Hans"):
        text = notice.texts[language]
        for part in (text.title, *(block.text for block in text.blocks), *text.answers.values(), *text.labels.values()):
            assert not set(part) & set(",;:!?()\"'"), part


def test_the_biometric_notice_has_its_fifteen_items_and_two_answers_of_like_width() -> None:
    for text in NoticeFolder(FOLDER).current("biometric-check").texts.values():
        assert [block.id for block in text.blocks] == [f"n{number}" for number in range(1, 16)]
        widths = sorted(len(answer) for answer in text.answers.values())
        assert widths[1] * 3 <= widths[0] * 4, text.language


def test_the_hash_is_of_the_canonical_json_of_the_text_as_shown() -> None:
    shown = show(assemble(sources()), language="en", parameters={"en": {"who": "Ann"}, "pt": {"who": "Ana"}})
    expected = json.dumps([{"id": "n1", "kind": "question", "text": "May Ann?"}], separators=(",", ":"))
    assert shown.text_sha256 == "sha256:" + hashlib.sha256(expected.encode()).hexdigest()
    assert shown.title == "T Ann"


def test_the_same_text_has_one_hash_however_it_was_encoded_and_another_when_a_letter_changes() -> None:
    composed, decomposed = Block("n1", "paragraph", "São\nJoão"), Block("n1", "paragraph", "Sa\u0303o\r\nJoa\u0303o ")
    assert text_sha256((composed,)) == text_sha256((decomposed,))
    assert text_sha256((composed,)) != text_sha256((Block("n1", "paragraph", "São\nJoao"),))


def test_the_set_hash_changes_with_any_language() -> None:
    one = show(assemble(sources()), language="en", parameters={"en": {"who": "A"}, "pt": {"who": "A"}})
    other = show(assemble(sources()), language="en", parameters={"en": {"who": "A"}, "pt": {"who": "B"}})
    assert one.text_sha256 == other.text_sha256
    assert one.text_set_sha256 != other.text_set_sha256


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"pt": SOURCE.replace('version = "1"', 'version = "2"')}, "notice_headings_differ"),
        ({"pt": SOURCE.replace('"n1"', '"n2"')}, "notice_clauses_differ"),
        ({"pt": SOURCE.replace("{who}?", "{whom}?")}, "notice_parts_differ"),
        ({"pt": SOURCE.replace("agree", "yes")}, "notice_parts_differ"),
        ({"pt": SOURCE.replace('"question"', '"blink"')}, "notice_blocks_unclear"),
        ({"pt": SOURCE.replace("title", "titel")}, "notice_lacks_title"),
        ({"pt": "x = '" + "x" * 70_000 + "'"}, "notice_too_large"),
    ],
)
def test_a_notice_that_is_not_the_same_in_all_languages_is_broken(changes: dict[str, str], reason: str) -> None:
    with pytest.raises(NoticeBroken, match=reason):
        assemble(sources(**changes))


def test_a_parameter_without_a_value_is_never_shown_as_a_hole() -> None:
    with pytest.raises(NoticeBroken, match="notice_parameter_who"):
        show(assemble(sources()), language="en", parameters={"en": {"who": "A"}})


def test_a_value_is_put_in_as_it_is_and_not_read_again() -> None:
    shown = show(assemble(sources()), language="en", parameters={"en": {"who": "{who}"}, "pt": {"who": "x"}})
    assert shown.blocks[0].text == "May {who}?"


@pytest.mark.parametrize("name", ["", "..", "no-such", "a/b"])
def test_a_notice_that_is_not_there_is_unknown(name: str) -> None:
    with pytest.raises(NoticeBroken, match="notice_unknown"):
        NoticeFolder(FOLDER).current(name)
