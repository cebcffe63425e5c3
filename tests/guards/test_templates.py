"""Every page, in every language, keeps the rules of the site: read from what is really served."""

from collections import Counter
from collections.abc import Mapping
from html.parser import HTMLParser

import pytest
from werkzeug.test import TestResponse

from pwa.locale import LANGUAGES
from pwa.settings import PwaSettings
from pwa.shell.assets import collect
from tests.fakes.pages import PLACES, SESSION, FakePages, pages
from tests.fakes.partner_pages import VISIT

CODES = tuple(language.code for language in LANGUAGES)
VOID = frozenset({"meta", "link", "input", "br", "hr", "img", "path", "circle", "rect"})
BUDGET = 16 * 1024  # bytes of HTML; the longest page is the consent of fifteen clauses


class Seen(HTMLParser):
    """Tags with their attributes in order, and texts by tag."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, str] = {}
        self.open: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open:
            self.texts[self.open[-1]] = self.texts.get(self.open[-1], "") + data

    def of(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


@pytest.fixture(scope="module")
def site() -> FakePages:
    return pages()


def get(site: FakePages, address: str) -> TestResponse:
    client = site.app.test_client()
    client.set_cookie("gba_browser", "a-browser")
    client.set_cookie("gba_partner", VISIT)
    if not address.endswith("/sign-in"):
        client.set_cookie("gba_session", SESSION)
    return client.get(address)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("code", CODES)
def test_a_page(site: FakePages, code: str, place: str) -> None:
    answer = get(site, f"/{code}{place}")
    assert answer.status_code == (404 if place == "/nowhere" else 200)
    assert len(answer.data) < BUDGET
    page = Seen(answer.text)
    assert page.open == []
    assert page.of("html")[0]["lang"] in {language.tag for language in LANGUAGES if language.code == code}
    assert len(page.of("h1")) == 1
    assert page.texts["h1"].strip()
    assert page.texts["title"].strip()
    ids = Counter(attributes["id"] for _, attributes in page.tags if "id" in attributes)
    assert [name for name, number in ids.items() if number > 1] == []
    check_switch(page, code)
    check_nothing_inline(page)
    check_forms(page, ids)


def check_switch(page: Seen, code: str) -> None:
    links = {attributes.get("id"): attributes for attributes in page.of("a")}
    for language in LANGUAGES:
        link = links[f"lang-{language.code}"]
        assert link["lang"] == language.tag
        assert ("aria-current" in link) is (language.code == code)
    absolute = [link["href"] or "" for link in page.of("link") if link.get("rel") == "alternate"]
    assert len(absolute) == len(LANGUAGES)
    assert all(href.startswith("http://localhost/") for href in absolute)


def check_nothing_inline(page: Seen) -> None:
    for tag, attributes in page.tags:
        assert tag != "style"
        assert "style" not in attributes
        assert not any(name.startswith("on") for name in attributes)
    assert all(script.get("src", "") for script in page.of("script"))


def check_forms(page: Seen, ids: Mapping[str | None, int]) -> None:
    labelled = {label.get("for") for label in page.of("label")}
    for field in page.of("input"):
        if field.get("type") != "hidden":
            assert field["id"] in labelled
    tokens = [field for field in page.of("input") if field.get("name") == "token"]
    ours = [form for form in page.of("form") if (form.get("action") or "").startswith("/")]
    assert len(tokens) == len(ours)
    assert all(form["method"] == "post" and form["action"] for form in page.of("form"))
    assert all(button.get("id") in ids for button in page.of("button"))


@pytest.mark.parametrize(
    "place", ["/sign-in/check", "/sign-in/matched", "/sign-in/claims", "/device?user_code=WDJB-MJHT"]
)
@pytest.mark.parametrize("code", CODES)
def test_the_two_answers_of_a_question_are_alike(site: FakePages, code: str, place: str) -> None:
    page = Seen(get(site, f"/{code}{place}").text)
    answers = [button for button in page.of("button") if button.get("name") == "answer"]
    assert [answer["value"] for answer in answers] == ["agree", "decline"]
    first, second = ({k: v for k, v in answer.items() if k not in {"id", "value"}} for answer in answers)
    assert first == second


@pytest.mark.parametrize("code", CODES)
def test_nothing_is_ticked_beforehand(site: FakePages, code: str) -> None:
    page = Seen(get(site, f"/{code}/sign-in/claims").text)
    boxes = [field for field in page.of("input") if field.get("type") == "checkbox"]
    assert boxes
    assert not any("checked" in box for box in boxes)


def test_the_stylesheet_and_the_scripts_are_light() -> None:
    files = collect(PwaSettings(origin="http://localhost", form_key=b"k" * 32).static).files
    assert len(files["css/site.css"].packed or b"") < 8 * 1024
    assert sum(len(asset.packed or b"") for path, asset in files.items() if path.endswith(".mjs")) < 10 * 1024
