"""Every page in a real browser: axe finds nothing, nothing overflows, nothing breaks the policy, answers are equal."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.served_pages import AXE, Mode, Served, serve
from tests.fakes.pages import PLACES

pytestmark = pytest.mark.browser

CODES = ("zh-Hant", "zh-Hans", "en", "pt")
LOOKS: dict[str, tuple[str, Mode]] = {
    "traditional": ("zh-Hant", {}),
    "english-dark": ("en", {"dark": True}),
    "portuguese-large": ("pt", {"large": True}),
    "simplified-dark-large-forced": ("zh-Hans", {"dark": True, "large": True, "forced": True}),
}


@pytest.fixture(scope="module")
def served(browser: Browser) -> Iterator[Served]:
    with serve(browser) as running:
        yield running


# Each page once, the ways of looking at it in turn; every page in every way takes minutes.
EVERY_PAGE = pytest.mark.parametrize(
    "every", [False, pytest.param(True, marks=pytest.mark.thorough)], ids=["its-share", "every-page"]
)


def places(at: int, of: int, every: bool) -> tuple[str, ...]:
    return PLACES if every else PLACES[at::of]


@pytest.mark.node
@EVERY_PAGE
@pytest.mark.parametrize("look", LOOKS)
def test_axe_finds_nothing(served: Served, look: str, every: bool) -> None:
    if not AXE.is_file():
        pytest.skip("axe-core of tests/peers is not installed (make test installs it)")
    code, mode = LOOKS[look]
    found: dict[str, list[str]] = {}
    # axe measures -webkit-text-fill-color, which forced colours leave alone: it would judge colours unseen
    options = {"rules": {"color-contrast": {"enabled": "forced" not in mode}}, "resultTypes": ["violations"]}
    with served.page(**mode) as page:
        page.add_init_script(path=AXE)
        for place in places(list(LOOKS).index(look), len(LOOKS), every):
            page.goto(f"{served.address}/{code}{place}")
            answer = page.evaluate("options => axe.run(document, options)", options)
            assert len(answer["passes"]) > 5, f"axe did not run on {place}"
            for violation in answer["violations"]:
                nodes = [" ".join(map(str, node["target"])) for node in violation["nodes"][:3]]
                found.setdefault(violation["id"], []).append(f"{place}: {nodes}")
    assert found == {}


@EVERY_PAGE
@pytest.mark.parametrize(("at", "code"), [(0, "zh-Hant"), (1, "pt")])
def test_nothing_overflows_a_small_phone_with_text_twice_as_large(
    served: Served, at: int, code: str, every: bool
) -> None:
    wide = {}
    with served.page(width=320, large=True) as page:
        for place in places(at, 2, every):
            page.goto(f"{served.address}/{code}{place}")
            page.evaluate("document.documentElement.style.setProperty('font-size', '32px')")
            if (beyond := page.evaluate("document.documentElement.scrollWidth - innerWidth")) > 0:
                wide[place] = beyond
    assert wide == {}


@EVERY_PAGE
@pytest.mark.parametrize(("at", "code"), list(enumerate(CODES)))
def test_nothing_on_any_page_is_against_the_policy(served: Served, at: int, code: str, every: bool) -> None:
    said: list[str] = []
    with served.page(workers=True) as page:
        page.on("console", lambda message: said.append(message.text) if message.type in {"error", "warning"} else None)
        page.on("pageerror", lambda error: said.append(str(error)))
        for place in places(at, len(CODES), every):
            if place != "/nowhere":  # its status is an error in the console, rightly
                page.goto(f"{served.address}/{code}{place}")
        page.goto(f"{served.address}/{code}/verify")
        page.set_input_files("#verify-file", {"name": "a.pdf", "mimeType": "application/pdf", "buffer": b"PASSED"})
        page.click("#verify-submit")
        page.wait_for_selector("#verdict")
    assert said == []


@pytest.mark.parametrize("place", ["/sign-in/check", "/sign-in/matched", "/sign-in/claims"])
@pytest.mark.parametrize("code", CODES)
def test_the_two_answers_look_the_same(served: Served, code: str, place: str) -> None:
    with served.page() as page:
        page.goto(f"{served.address}/{code}{place}")
        first, second = looks(page)
    assert first == second


@pytest.mark.parametrize("code", CODES)
def test_the_two_answers_are_one_tab_stop_apart(served: Served, code: str) -> None:
    with served.page() as page:
        page.goto(f"{served.address}/{code}/sign-in/check")
        page.focus("#check-agree")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.id") == "check-other-way"
        page.keyboard.press("Enter")
        page.wait_for_url("**/sign-in/other-way")


def test_the_keyboard_reaches_the_content_at_once(served: Served) -> None:
    with served.page() as page:
        page.goto(f"{served.address}/en/verify")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.id") == "verify-file"


def looks(page: Page) -> list[dict[str, object]]:
    """What a person sees of the two answers, but for their words and their place in the row."""
    answers: list[dict[str, object]] = page.eval_on_selector_all(
        ".answer",
        """answers => answers.map(answer => {
            const style = getComputedStyle(answer), box = answer.getBoundingClientRect();
            const names = ['color', 'backgroundColor', 'borderColor', 'borderWidth', 'fontSize', 'fontWeight',
              'opacity', 'boxShadow', 'textDecorationLine', 'display', 'padding', 'borderRadius'];
            return {tag: answer.tagName, width: Math.round(box.width), height: Math.round(box.height),
              ...Object.fromEntries(names.map(name => [name, style[name]]))};
        })""",
    )
    assert len(answers) == 2
    return answers
