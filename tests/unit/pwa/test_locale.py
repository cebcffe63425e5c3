"""Readers get their language at first touch, those in Hong Kong and Macau above all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pwa.locale import ENGLISH, LANGUAGES, MACAU, PORTUGUESE, SIMPLIFIED, TRADITIONAL, negotiate, with_local_words

HEADERS = {
    "zh-HK,zh-TW;q=0.9,zh;q=0.8,en-US;q=0.7": "zh-Hant",  # Android, Hong Kong
    "zh-MO,zh;q=0.9,pt;q=0.8": "zh-Hant",
    "zh-Hant-HK": "zh-Hant",  # iOS
    "zh-Hant-MO": "zh-Hant",
    "zh-hant-hk;q=0.9, en;q=0.3": "zh-Hant",
    "zh-CN,zh;q=0.9,en;q=0.8": "zh-Hans",
    "zh-TW,zh;q=0.9": "zh-Hant",
    "zh-Hans-HK,zh-HK;q=0.5": "zh-Hans",  # the script is said, so it wins over the place
    "zh-SG": "zh-Hans",
    "zh": "zh-Hans",
    "yue-HK": "zh-Hant",
    "yue": "zh-Hant",
    "yue-CN": "zh-Hans",
    "cmn-Hant-TW": "zh-Hant",
    "pt-BR,pt;q=0.9": "pt",
    "pt-MO": "pt",
    "en-HK,zh-HK;q=0.9": "en",
    "fr-FR,fr;q=0.9,zh-HK;q=0.2": "zh-Hant",
    "fr": "en",
    "en;q=0, zh-HK": "zh-Hant",
    "de, en;q=0.1, pt;q=0.2": "pt",
    "zh_HK": "zh-Hant",
    "": "zh-Hant",
    "*": "en",
    ";;;,,q=,-": "en",
    "en;q=nonsense,pt": "pt",
}


@pytest.mark.parametrize("header", HEADERS)
def test_a_phone_is_answered_in_its_language(header: str) -> None:
    assert negotiate(header).code == HEADERS[header]


def test_an_explicit_choice_wins() -> None:
    assert negotiate("zh-HK", choice="pt") is PORTUGUESE


def test_a_choice_that_is_not_ours_is_no_choice() -> None:
    assert negotiate("zh-HK", choice="../etc") is TRADITIONAL


@pytest.mark.parametrize(
    ("header", "expected"),
    [("zh-MO,zh;q=0.9", MACAU), ("zh-Hant-MO", MACAU), ("zh-HK,zh-MO;q=0.9", TRADITIONAL), ("pt-MO", TRADITIONAL)],
)
def test_macau_reads_its_own_words(header: str, expected: object) -> None:
    assert with_local_words(TRADITIONAL, header) is expected


def test_other_languages_have_no_local_words() -> None:
    assert with_local_words(SIMPLIFIED, "zh-MO") is SIMPLIFIED
    assert with_local_words(ENGLISH, "zh-MO") is ENGLISH


@given(st.text(max_size=3000))
def test_any_header_gets_one_of_our_languages(header: str) -> None:
    assert negotiate(header) in LANGUAGES
