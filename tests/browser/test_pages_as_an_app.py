"""The pages as an app: language at first touch, no network, installing, without scripts, read aloud."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.served_pages import Served, serve
from tests.fixtures.browser import FLAGS

pytestmark = pytest.mark.browser

VOICE = """
  globalThis.said = [];
  class Said { constructor(text) { this.text = text; } }
  globalThis.SpeechSynthesisUtterance = Said;
  Object.defineProperty(globalThis, 'speechSynthesis', { value: {
    getVoices: () => [{ lang: 'pt-PT' }, { lang: 'zh_HK' }, { lang: 'en-GB' }],
    speak: (one) => { said.push([one.lang, one.text, one.voice?.lang]); if (said.length === 1) one.onstart(); },
    cancel: () => said.push('stopped'),
  } });
"""


@pytest.fixture(scope="module")
def served(browser: Browser) -> Iterator[Served]:
    with serve(browser) as running:
        yield running


@pytest.mark.parametrize(
    ("locale", "code"),
    [("zh-HK", "zh-Hant"), ("zh-MO", "zh-Hant"), ("zh-CN", "zh-Hans"), ("pt-PT", "pt"), ("en-GB", "en"), ("fr", "en")],
)
def test_a_phone_gets_its_language_at_first_touch(served: Served, locale: str, code: str) -> None:
    with served.page(locale=locale) as page:
        page.goto(f"{served.address}/")
        assert page.url == f"{served.address}/{code}/"


def test_the_switch_keeps_the_place_and_is_remembered(served: Served) -> None:
    with served.page(locale="zh-HK") as page:
        page.goto(f"{served.address}/zh-Hant/problems/unforeseen?a=1")
        page.click("#lang-pt")
        expect(page).to_have_url(f"{served.address}/pt/problems/unforeseen?a=1")
        page.goto(f"{served.address}/")
        assert page.url == f"{served.address}/pt/"


@pytest.mark.parametrize("code", ["zh-Hant", "zh-Hans", "en", "pt"])
def test_without_a_network_the_page_says_so_in_its_own_language(served: Served, code: str) -> None:
    with served.context(workers=True) as context:
        page = with_worker(context, f"{served.address}/{code}/")
        title = page.evaluate(f"fetch('/{code}/offline').then(answer => answer.text())")
        context.set_offline(True)
        page.goto(f"{served.address}/{code}/documents")
        assert page.locator("#offline").inner_text() in title
        assert page.evaluate("getComputedStyle(document.body).display") == "flex", "the stylesheet was kept too"
        page.click("#lang-en")
        expect(page.locator("#offline")).to_have_text("No network at the moment")
        context.set_offline(False)
        page.click("#try-again")
        expect(page.locator("h1")).to_have_text("One sign-in from home, for the whole bay")


def test_trying_again_leads_where_the_person_was_going(served: Served) -> None:
    with served.context(workers=True) as context:
        page = with_worker(context, f"{served.address}/en/")
        context.set_offline(True)
        page.goto(f"{served.address}/en/sign-in/check?a=1")
        with page.expect_navigation():
            page.click("#try-again")
        expect(page.locator("#offline")).to_be_visible()
        context.set_offline(False)
        page.click("#try-again")
        expect(page.locator("#check-agree")).to_be_visible()
        assert page.url == f"{served.address}/en/sign-in/check?a=1"


def test_nothing_of_a_person_is_ever_kept(served: Served) -> None:
    with served.context(workers=True) as context:
        page = with_worker(context, f"{served.address}/en/")
        for place in ("/documents", "/documents/d1", "/consents/c1", "/links", "/sign-in/check"):
            page.goto(f"{served.address}/en{place}")
        kept: list[str] = page.evaluate(
            """async () => (await Promise.all((await caches.keys()).map(async name =>
                (await (await caches.open(name)).keys()).map(request => new URL(request.url).pathname)))).flat()"""
        )
        stored = page.evaluate("localStorage.length + sessionStorage.length")
    assert stored == 0
    assert kept
    assert all(path.startswith("/static/") or path.endswith("/offline") for path in kept)


def test_it_can_be_installed(served: Served, chromium: Path, tmp_path: Path) -> None:
    """In a profile of its own: what Chromium calls incognito cannot install anything."""
    with closing(
        served.browser.browser_type.launch_persistent_context(tmp_path, executable_path=chromium, args=list(FLAGS))
    ) as context:
        page = with_worker(context, f"{served.address}/zh-Hant/")
        devtools = context.new_cdp_session(page)
        assert devtools.send("Page.getInstallabilityErrors")["installabilityErrors"] == []
        # an older headless shell answers [] for every page, and names no app
        assert devtools.send("Page.getAppId")["appId"] == f"{served.address}/"


def test_everything_works_without_scripts(served: Served) -> None:
    with served.page(scripts=False, signed_in=False) as page:
        page.goto(f"{served.address}/en/sign-in")
        page.click("#sign-in-start")
        page.wait_for_url("**/sign-in/choose")
        page.goto(f"{served.address}/en/sign-in/check")
        assert not page.is_visible("#read-aloud")
        page.click("#check-agree")
        page.wait_for_url("**/sign-in/agreed")
        page.goto(f"{served.address}/en/verify")
        page.set_input_files("#verify-file", {"name": "a.pdf", "mimeType": "application/pdf", "buffer": b"FAILED"})
        page.click("#verify-submit")
        assert page.locator("#verdict").get_attribute("data-verdict") == "FAILED"


def test_a_report_can_be_downloaded_twice_from_the_page(served: Served) -> None:
    with served.page() as page:
        page.goto(f"{served.address}/en/verify")
        page.set_input_files("#verify-file", {"name": "a.pdf", "mimeType": "application/pdf", "buffer": b"PASSED"})
        page.click("#verify-submit")
        for identifier, name in (
            ("#report-json", "verification-report.json"),
            ("#report-pdf", "verification-report.pdf"),
        ):
            for _ in range(2):
                with page.expect_download() as download:
                    page.click(identifier)
                assert download.value.suggested_filename == name


def test_a_file_may_be_dropped(served: Served) -> None:
    with served.page() as page:
        page.goto(f"{served.address}/en/verify")
        page.evaluate(
            """() => { const carried = new DataTransfer();
              carried.items.add(new File(['PASSED'], 'dropped.pdf', { type: 'application/pdf' }));
              document.querySelector('drop-file').dispatchEvent(new DragEvent('drop', { dataTransfer: carried })); }"""
        )
        assert page.evaluate("document.getElementById('verify-file').files[0].name") == "dropped.pdf"
        page.click("#verify-submit")
        assert page.locator("#verdict").get_attribute("data-verdict") == "PASSED"


def test_a_notice_is_read_aloud_clause_by_clause_and_never_by_itself(served: Served) -> None:
    with served.context() as context:
        context.add_init_script(VOICE)
        page = context.new_page()
        page.goto(f"{served.address}/zh-Hant/sign-in/check")
        assert page.evaluate("said") == []
        page.click("#read-aloud")
        said = page.evaluate("said")
        assert len(said) == 15
        assert (said[0][0], said[0][2]) == ("zh-HK", "zh_HK")
        assert said[14][1].startswith("15.")
        assert page.evaluate("CSS.highlights.has('spoken')")
        page.click("#read-aloud")
        assert page.evaluate("said.at(-1)") == "stopped"


def test_an_answer_carries_how_its_text_was_read(served: Served) -> None:
    with served.context(dark=True) as context:
        context.add_init_script(VOICE)
        page = context.new_page()
        page.clock.set_fixed_time(1_800_000_000_000)
        page.goto(f"{served.address}/en/sign-in/check")
        page.click("#read-aloud")
        page.clock.set_fixed_time(1_800_000_007_000)
        with page.expect_request(lambda request: request.method == "POST") as sent:
            page.click("#check-other-way")
        assert "modes=dark&audio_played_s=7" in (sent.value.post_data or "")


@pytest.mark.parametrize(
    "phone",
    [
        "delete globalThis.speechSynthesis; delete Window.prototype.speechSynthesis;",
        VOICE.replace("'en-GB'", "'fr-FR'"),
    ],
    ids=["it does not speak", "it speaks other languages"],
)
def test_without_a_voice_there_is_no_button(served: Served, phone: str) -> None:
    with served.context() as context:
        context.add_init_script(phone)
        page = context.new_page()
        page.goto(f"{served.address}/en/sign-in/check")
        page.evaluate("customElements.whenDefined('read-aloud').then(() => true)")
        assert not page.is_visible("#read-aloud")


def test_a_voice_that_the_phone_finds_later_brings_the_button(served: Served) -> None:
    with served.context() as context:
        context.add_init_script(
            f"{VOICE} speechSynthesis.addEventListener = (name, heard) => (globalThis[name] = heard);"
        )
        page = context.new_page()
        page.goto(f"{served.address}/zh-Hans/sign-in/check")
        page.evaluate("customElements.whenDefined('read-aloud').then(() => true)")
        page.evaluate("speechSynthesis.getVoices = () => []; document.querySelector('read-aloud').connectedCallback()")
        assert not page.is_visible("#read-aloud")
        page.evaluate("speechSynthesis.getVoices = () => [{ lang: 'zh-CN' }]; globalThis.voiceschanged()")
        assert page.is_visible("#read-aloud")


def test_a_form_is_sent_once_however_often_it_is_tapped(served: Served) -> None:
    with served.page() as page:
        page.goto(f"{served.address}/en/sign-in/choose")
        sent = page.evaluate(
            """() => { const form = document.querySelector('main form'); let sent = 0;
              addEventListener('submit', event => { if (!event.defaultPrevented) sent += 1; event.preventDefault(); });
              form.requestSubmit(); form.requestSubmit(); return sent; }"""
        )
    assert sent == 1


def test_a_form_of_which_nothing_came_can_be_sent_again(served: Served) -> None:
    """The page stays when the browser is stopped, and when what follows is opened by another app."""
    with served.page() as page:
        page.clock.install()
        page.goto(f"{served.address}/en/sign-in/choose")
        page.evaluate(
            """() => { globalThis.sent = 0; addEventListener('submit',
              event => { if (!event.defaultPrevented) sent += 1; event.preventDefault(); }); }"""
        )
        page.click("#region-HK")
        look = "getComputedStyle(document.getElementById('region-HK')).opacity"
        assert float(page.evaluate(look)) < 1, "it is seen that the tap was heard"
        page.click("#region-HK")
        assert page.evaluate("sent") == 1
        page.clock.fast_forward("00:11")
        assert float(page.evaluate(look)) == 1
        page.click("#region-HK")
        assert page.evaluate("sent") == 2


def test_who_waits_for_a_sign_in_that_is_gone_is_told_so(served: Served) -> None:
    with served.page() as page:
        page.clock.install()
        page.goto(f"{served.address}/en/sign-in/waiting")
        page.route("**/sign-in/waiting/state", lambda route: route.fulfill(status=404, json={"status": 404}))
        page.evaluate("customElements.whenDefined('waiting-poll').then(() => true)")
        with page.expect_navigation():
            page.clock.fast_forward("00:03")


def with_worker(context: BrowserContext, address: str) -> Page:
    page = context.new_page()
    page.goto(address)
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.wait_for_function("navigator.serviceWorker.controller !== null")
    return page
