"""Every text of the pages is said in every language, whole, in its own script and with its own punctuation."""

import csv
import re
import tomllib
import unicodedata
from pathlib import Path

import opencc
import pytest

from tests.guards.catalogues import ALL, TRANSLATED, TRANSLATIONS, marked, said, to_say
from tests.guards.tree import ROOT

PLACEHOLDER = re.compile(r"%\([a-z_]+\)s|\{\}")
HAN = r"[\u3400-\u9fff\U00020000-\U0003ffff]"
# A half-width mark beside a Han character is set in the Latin font and looks broken.
HALF_WIDTH = re.compile(rf"{HAN}[,;:!?()]|[,;:!?()]{HAN}|{HAN}\.(?!\w)")
TRADITIONAL, SIMPLIFIED = ("zh_Hant_HK", "zh_Hant_MO"), ("zh_Hans_CN",)
# Characters of both scripts, which a converter maps by context.
SHARED = frozenset("里后台干余云冲并面只了准志采致別占系托表回着咨")
SPELLED_ANEW = re.compile(
    r"\b(?:eletr[oó]n|atua[il]|a[çc]ão\b|ações\b|exat|aspeto|proteç|efetu|efetiv|objet|proje[tç]|dire[tç]|corre[tç]|seleç|ativ|fatur|setor)\w*",
    re.IGNORECASE,
)
NOTICES = sorted((TRANSLATIONS / "notices").rglob("*.toml"))
WRITTEN = (TRANSLATIONS, ROOT / "deploy" / "sandbox" / "agency" / "texts")
RECORDS_AS_A_VERB = ("未有", "已經")  # what stands before it there
FORBIDDEN = {
    "zh_Hant_HK": ("賬戶", "身分", "網路", "螢屏", "登錄", "信息", "您", "數位", "资"),
    "zh_Hant_MO": ("賬戶", "身分", "網路", "登錄", "信息", "您", "櫃位", "數碼身份"),
    "zh_Hans_CN": ("登入", "资讯", "网络卡", "您", "帐户", "柜位"),
    "pt_PT": (r"\bvocê\b", r"\busuário", r"\btela\b", r"\barquivo PDF", r"\bcadastr"),
}


@pytest.mark.parametrize("catalogue", TRANSLATED)
def test_every_text_is_translated(catalogue: str) -> None:
    assert sorted(marked() - {source for source, text in said(catalogue).items() if text}) == []


def test_the_template_holds_every_text_and_no_other() -> None:
    assert sorted(marked() ^ to_say()) == []


@pytest.mark.parametrize("catalogue", TRANSLATED)
def test_no_translation_is_left_over(catalogue: str) -> None:
    assert sorted(said(catalogue).keys() - marked()) == []


def test_macau_says_otherwise_only_what_hong_kong_says() -> None:
    hong_kong, macau = said("zh_Hant_HK"), said("zh_Hant_MO")
    assert macau
    assert [source for source, text in macau.items() if source not in hong_kong or text == hong_kong[source]] == []


@pytest.mark.parametrize("catalogue", ALL)
def test_placeholders_are_those_of_the_source(catalogue: str) -> None:
    wrong = {
        source: text
        for source, text in said(catalogue).items()
        if sorted(PLACEHOLDER.findall(source)) != sorted(PLACEHOLDER.findall(text))
    }
    assert wrong == {}


@pytest.mark.parametrize("catalogue", ALL)
def test_texts_are_composed_and_have_no_space_at_the_ends(catalogue: str) -> None:
    texts = said(catalogue).values()
    assert [text for text in texts if unicodedata.normalize("NFC", text) != text or text != text.strip()] == []


@pytest.mark.parametrize("catalogue", [*TRADITIONAL, *SIMPLIFIED])
def test_chinese_is_punctuated_full_width(catalogue: str) -> None:
    assert [text for text in said(catalogue).values() if HALF_WIDTH.search(text)] == []


@pytest.mark.parametrize(("catalogue", "quotes"), [(name, "“”") for name in TRADITIONAL] + [("zh_Hans_CN", "「」")])
def test_chinese_quotes_in_its_own_way(catalogue: str, quotes: str) -> None:
    assert [text for text in said(catalogue).values() if set(quotes) & set(text)] == []


@pytest.mark.parametrize(
    ("catalogue", "direction"), [(name, "s2t") for name in TRADITIONAL] + [(name, "t2s") for name in SIMPLIFIED]
)
def test_chinese_keeps_to_its_script(catalogue: str, direction: str) -> None:
    convert = opencc.OpenCC(direction).convert
    letters = {letter for text in said(catalogue).values() for letter in text} - SHARED
    assert sorted(letter for letter in letters if convert(letter) != letter) == []


@pytest.mark.parametrize("catalogue", FORBIDDEN)
def test_words_of_another_place_are_not_used(catalogue: str) -> None:
    texts = said(catalogue).values()
    assert [text for text in texts if any(re.search(word, text) for word in FORBIDDEN[catalogue])] == []


def test_a_record_is_written_otherwise_than_to_record() -> None:
    """紀錄 the noun, 記錄 the verb, as the governments of Hong Kong and Macau write."""
    texts = [text for catalogue in TRADITIONAL for text in said(catalogue).values()]
    texts += [file.read_text(encoding="utf-8") for folder in WRITTEN for file in folder.rglob("zh-Hant.toml")]
    found = [text[max(at.start() - 2, 0) : at.end()] for text in texts for at in re.finditer("[記紀]錄", text)]
    assert sorted({words for words in found if (words[:2] in RECORDS_AS_A_VERB) != words.endswith("記錄")}) == []


@pytest.mark.parametrize("catalogue", ["pt_PT"])
def test_a_sentence_ends_as_its_source_does(catalogue: str) -> None:
    texts = said(catalogue)
    assert {source: text for source, text in texts.items() if source.endswith(".") != text.endswith(".")} == {}


@pytest.mark.parametrize("file", NOTICES, ids=lambda file: "/".join(file.parts[-3:]))
def test_the_two_answers_of_a_notice_are_about_as_wide(file: Path) -> None:
    """Within 4:3, so that neither button looks like the right one."""
    answers = tomllib.loads(file.read_text(encoding="utf-8"))["answers"]
    widths = sorted(
        sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text) for text in answers.values()
    )
    assert len(widths) == 2
    assert widths[1] * 3 <= widths[0] * 4


@pytest.mark.parametrize(
    "file", [file for file in NOTICES if "zh-" in file.name], ids=lambda file: "/".join(file.parts[-3:])
)
def test_a_chinese_notice_keeps_to_its_script_and_punctuation(file: Path) -> None:
    told = tomllib.loads(file.read_text(encoding="utf-8"))
    texts = [told["title"], *told["answers"].values(), *(block["text"] for block in told["block"])]
    convert = opencc.OpenCC("s2t" if file.stem == "zh-Hant" else "t2s").convert
    letters = {letter for text in texts for letter in text} - SHARED
    assert sorted(letter for letter in letters if convert(letter) != letter) == []
    assert [text for text in texts if HALF_WIDTH.search(text)] == []


def test_portuguese_is_spelled_as_macau_spells_it() -> None:
    """The agreement of 1990 is not in force there: electrónico, actual, exacto, protecção."""
    texts = list(said("pt_PT").values())
    texts += [
        file.read_text(encoding="utf-8")
        for file in [*TRANSLATIONS.glob("guide/pt.toml"), *TRANSLATIONS.glob("notices/**/pt.toml")]
    ]
    assert [found for text in texts for found in SPELLED_ANEW.findall(text)] == []


def test_the_glossary_is_a_whole_table() -> None:
    with (TRANSLATIONS / "glossary.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) > 20
    assert [row["concept"] for row in rows if None in row or not all(row[column] for column in list(row)[:6])] == []
