"""A switch of language keeps the place; a place to go on to is always our own."""

from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pwa.catalogues import CatalogueMissing, load
from pwa.locale import LANGUAGES, MACAU
from pwa.reader import own_place, read, switches
from pwa.settings import PwaSettings

CATALOGUES = load(PwaSettings(origin="http://localhost", form_key=b"k" * 32).translations)


def reader(path: str, query: str = "", accept: str = "", choice: str | None = None) -> tuple[str, str, str]:
    found = read(path=path, query=query, accept_language=accept, choice=choice, text_size=None, catalogues=CATALOGUES)
    return found.language.code, found.place, found.href("/verify")


def test_the_path_decides() -> None:
    assert reader("/pt/verify", "a=1", "zh-HK", choice="en") == ("pt", "/verify?a=1", "/pt/verify")


def test_a_page_without_language_asks_the_choice_then_the_header() -> None:
    assert reader("/oauth/authorize", "client_id=x", "zh-HK", choice="en")[:2] == ("en", "/")
    assert reader("/oauth/authorize", "client_id=x", "zh-HK")[:2] == ("zh-Hant", "/")


def test_the_switch_leads_to_the_same_place_in_every_language() -> None:
    for language, address in switches("/v/ABC?x=1&y=2"):
        parts = urlsplit(address)
        assert parts.path == f"/{language.code}/choose"
        assert parse_qs(parts.query) == {"to": ["/v/ABC?x=1&y=2"]}


@pytest.mark.parametrize(
    "to", ["https://evil.example/", "//evil.example", "/\\evil.example", "\\/evil", "evil", "/a\r\nSet-Cookie: x", ""]
)
def test_nobody_is_sent_away(to: str) -> None:
    assert own_place(to) == "/"


@given(st.text(max_size=60))
def test_a_place_always_starts_on_this_site(to: str) -> None:
    place = own_place(to)
    assert place.startswith("/")
    assert not place.startswith("//")
    assert "\\" not in place
    assert place.isprintable()


def test_every_language_finds_its_own_texts() -> None:
    assert {language.code for language in CATALOGUES} == {language.code for language in LANGUAGES}
    said = {
        language.tag: catalogue.gettext("Link your Guangdong account, once")
        for language, catalogue in CATALOGUES.items()
    }
    assert said["zh-Hant-HK"] == "連結你的廣東帳戶，一次即可"
    assert said["zh-Hans-CN"] == "绑定你的广东账户，一次即可"


def test_macau_reads_its_own_words() -> None:
    said = CATALOGUES[MACAU].gettext("Where is your digital identity from?")
    assert said == "你的電子身份來自哪裏？"


def test_macau_reads_hong_kongs_words_where_it_has_none_of_its_own() -> None:
    assert CATALOGUES[MACAU].gettext("Language") == "語言"


def test_a_language_without_texts_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(CatalogueMissing):
        load(tmp_path)


@pytest.mark.parametrize(("code", "number", "form"), [("en", 1, "one"), ("en", 2, "many"), ("pt", 0, "many")])
def test_numbers_take_their_form(code: str, number: int, form: str) -> None:
    catalogue = next(found for language, found in CATALOGUES.items() if language.code == code)
    assert catalogue.ngettext("one", "many", number) == form
