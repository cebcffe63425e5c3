"""The guide says the same in every language, names only what there is, and shows the examples as they run."""

import html
import re

import opencc
import pytest

from deploy.describing import openapi
from gateway.identity.release import Withheld
from pwa import guide
from pwa.guide import Chapter, Guide
from pwa.locale import LANGUAGES
from pwa.settings import PwaSettings
from tests.fakes.pages import FakePages, pages
from tests.guards.test_translations import HALF_WIDTH, SHARED

CODES = tuple(language.code for language in LANGUAGES)
SETTINGS = PwaSettings(origin="http://localhost", form_key=b"k" * 32)
GUIDES = {
    code: guide.load(SETTINGS.translations / "guide" / f"{code}.toml", origin="http://localhost") for code in CODES
}
EXAMPLES = guide.examples(SETTINGS.examples)


@pytest.fixture(scope="module")
def site() -> FakePages:
    return pages()


def code_in(chapter: Chapter) -> set[str]:
    return {
        text for block in chapter.blocks for line in block.lines for text, code in line if code and block.kind != "pre"
    }


def prose(told: Guide) -> list[str]:
    """Everything that is no code."""
    lines = [line for chapter in told.chapters for block in chapter.blocks for line in block.lines]
    texts = [text for line in lines for text, code in line if not code]
    return [told.title, told.lead, *told.words.values(), *(chapter.title for chapter in told.chapters), *texts]


@pytest.mark.parametrize("code", CODES)
def test_each_language_has_the_same_chapters_with_the_same_names_in_them(code: str) -> None:
    told, english = GUIDES[code], GUIDES["en"]
    assert told.words.keys() == english.words.keys()
    assert [(one.id, one.examples) for one in told.chapters] == [(one.id, one.examples) for one in english.chapters]
    for chapter, source in zip(told.chapters, english.chapters, strict=True):
        assert code_in(chapter) == code_in(source), chapter.id
        assert [block.kind for block in chapter.blocks] == [block.kind for block in source.blocks], chapter.id
        lines = [len(block.lines) for block in chapter.blocks]
        assert lines == [len(block.lines) for block in source.blocks], chapter.id


@pytest.mark.parametrize("code", [code for code in CODES if code != "en"])
def test_each_language_is_a_translation(code: str) -> None:
    english = {text for text in prose(GUIDES["en"]) if len(text) > 12}
    assert sorted(english & set(prose(GUIDES[code]))) == []


@pytest.mark.parametrize(("code", "direction"), [("zh-Hant", "s2t"), ("zh-Hans", "t2s")])
def test_chinese_keeps_to_its_script_and_punctuation(code: str, direction: str) -> None:
    texts = prose(GUIDES[code])
    convert = opencc.OpenCC(direction).convert
    letters = {letter for text in texts for letter in text} - SHARED
    assert sorted(letter for letter in letters if convert(letter) != letter) == []
    assert [text for text in texts if HALF_WIDTH.search(text)] == []


def test_paths_that_the_guide_names_are_served() -> None:
    named = {
        path
        for chapter in GUIDES["en"].chapters
        for text in code_in(chapter)
        for path in re.findall(r"/api/v1/[\w/{}-]+", text)
    }
    assert named
    assert named <= {path for _, path in openapi.OPERATIONS}


def test_every_reason_for_withholding_a_claim_is_explained() -> None:
    chapter = GUIDES["en"].chapter("claims")
    assert chapter is not None
    assert {reason.value for reason in Withheld} <= code_in(chapter)


def test_there_is_an_example_in_each_of_three_languages_of_code() -> None:
    assert sorted(example.tongue for example in EXAMPLES.values()) == sorted(guide.TONGUES.values())


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_is_shown_as_it_stands_in_its_file(site: FakePages, name: str) -> None:
    page = site.app.test_client().get(f"/en/developers/examples/{name}").text
    shown = re.search(r'<pre class="code" id="example"[^>]*>(.*?)</pre>', page, re.DOTALL)
    assert shown is not None
    assert html.unescape(shown[1]) == (SETTINGS.examples / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("code", CODES)
def test_every_page_of_the_guide_and_the_api_is_there(site: FakePages, code: str) -> None:
    client = site.app.test_client()
    found, waiting = set(), {f"/{code}/developers"}
    while waiting:
        address = waiting.pop()
        found.add(address)
        answer = client.get(address)
        assert answer.status_code == 200, address
        assert len(answer.data) < 20 * 1024, address
        links = re.findall(rf'href="(/{code}/developers[^"#?]*)', answer.text)
        waiting |= set(links) - found
    assert {f"/{code}/developers/{one.id}" for one in GUIDES[code].chapters} <= found
    assert {f"/{code}/developers/types/{name}" for name in ("RecordState", "VerificationReport")} <= found
