"""A session that ends is announced in good time, with two answers of equal weight; without scripts nothing is lost."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.served_pages import Served, serve

pytestmark = pytest.mark.browser
JUST_BEFORE, THE_WARNING = "12:25", "00:10"  # of the fifteen minutes of the fakes' session


@pytest.fixture(scope="module")
def served(browser: Browser) -> Iterator[Served]:
    with serve(browser) as running:
        yield running


def opened(served: Served, page: Page, place: str) -> None:
    page.clock.install()
    page.goto(f"{served.address}/en{place}")
    page.evaluate("customElements.whenDefined('session-timeout').then(() => true)")


@pytest.mark.parametrize("place", ["/documents", "/sign-in/check"])
def test_the_end_is_announced_150_seconds_before(served: Served, place: str) -> None:
    with served.page() as page:
        opened(served, page, place)
        page.clock.fast_forward(JUST_BEFORE)
        expect(page.locator("#session-timeout")).to_be_hidden()
        page.clock.fast_forward(THE_WARNING)
        expect(page.locator("#session-timeout [role=status]")).to_contain_text("about 150 seconds")
        page.clock.fast_forward("01:00")
        expect(page.locator("#session-timeout [role=status]")).to_contain_text("about 90 seconds")


def test_the_two_answers_weigh_the_same(served: Served) -> None:
    with served.page(locale="pt-PT") as page:
        opened(served, page, "/links")
        page.clock.fast_forward(JUST_BEFORE)
        page.clock.fast_forward(THE_WARNING)
        expect(page.locator("#session-timeout")).to_be_visible()
        stay, end = (page.locator(name) for name in ("#session-stay", "#session-end"))
        looks = "it => [it.offsetWidth, it.offsetHeight, getComputedStyle(it).backgroundColor]"
        assert stay.evaluate(looks) == end.evaluate(looks)


def test_staying_asks_the_server_and_starts_anew(served: Served) -> None:
    with served.page() as page:
        opened(served, page, "/documents")
        page.clock.fast_forward(JUST_BEFORE)
        page.clock.fast_forward(THE_WARNING)
        with page.expect_response("**/en/session") as asked:
            page.click("#session-stay")
        assert asked.value.json() == {"seconds": 900}
        expect(page.locator("#session-timeout")).to_be_hidden()
        page.clock.fast_forward(JUST_BEFORE)
        expect(page.locator("#session-timeout")).to_be_hidden()


def test_without_an_answer_the_page_is_asked_for_again(served: Served) -> None:
    with served.page() as page:
        opened(served, page, "/documents")
        page.context.clear_cookies()
        with page.expect_navigation():
            page.clock.fast_forward("15:05")
        assert page.locator("h1").inner_text() == "Please sign in first"


def test_without_scripts_nothing_is_in_the_way(served: Served) -> None:
    with served.page(scripts=False) as page:
        page.goto(f"{served.address}/en/documents")
        expect(page.locator("#session-timeout")).to_be_hidden()


def test_what_a_form_was_answered_with_is_put_away_without_sending_the_form_again(served: Served) -> None:
    with served.page() as page:
        page.goto(f"{served.address}/en/account/close")
        page.evaluate("document.getElementById('close-sure').required = false")
        page.click("#close-now")
        expect(page.locator("#close-unsure")).to_be_visible()
        with page.expect_navigation():
            page.evaluate("setTimeout(() => document.querySelector('session-timeout').lasts(-3))")
        expect(page.locator("#close-sure")).to_be_visible()
        expect(page.locator("#close-unsure"), "the form was not sent again").to_have_count(0)


def test_signing_out_puts_away_what_another_tab_shows(served: Served) -> None:
    with served.context() as context:
        other, page = context.new_page(), context.new_page()
        other.goto(f"{served.address}/en/documents")
        other.evaluate("customElements.whenDefined('session-timeout').then(() => true)")
        context.clear_cookies(name="gba_session")
        page.goto(f"{served.address}/en/?done=signed-out")
        expect(other.locator("h1")).to_have_text("Please sign in first")
