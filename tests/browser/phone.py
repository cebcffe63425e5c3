"""A phone in somebody's hand: Chromium at 390 × 844, one language, touched only by ids."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page

MILLISECONDS = 30_000  # two noisy cores
MOST_PAGES = 6
SCREENSHOTS = Path(__file__).resolve().parents[2] / "build" / "screenshots"


@dataclass(kw_only=True)
class Phone:
    """What a person does with it."""

    page: Page

    def open(self, address: str) -> None:
        self.page.goto(address)

    def tap(self, identifier: str) -> None:
        self.page.locator(_by(identifier)).click()

    def sees(self, identifier: str) -> bool:
        """Now, without waiting."""
        return self.page.locator(_by(identifier)).count() > 0

    def waits_for(self, *identifiers: str) -> str:
        """The first of these to appear."""
        self.page.locator(", ".join(map(_by, identifiers))).first.wait_for(state="attached")
        return next(identifier for identifier in identifiers if self.sees(identifier))

    def reads(self, identifier: str) -> str:
        return self.page.locator(_by(identifier)).inner_text()

    def told(self, identifier: str, fact: str) -> str:
        """A data- attribute of the element."""
        return self.page.locator(_by(identifier)).get_attribute(f"data-{fact}") or ""

    def picks(self, identifier: str, file: Path) -> None:
        self.page.locator(_by(identifier)).set_input_files(file)

    def downloads(self, identifier: str) -> bytes:
        """What the link with this id leads to, fetched with this phone's cookies."""
        address = self.page.locator(_by(identifier)).evaluate("link => link.href")
        answer = self.page.context.request.get(address)
        assert answer.ok, f"{identifier}: status {answer.status}"
        return answer.body()

    @property
    def language(self) -> str:
        return self.page.locator("html").get_attribute("lang") or ""

    def agrees_at_the_region(self, identifier: str, sandbox: str) -> None:
        """On a simulator's pages: be this person and agree, until the simulator lets go."""
        for _ in range(MOST_PAGES):
            self.waits_for("agree")
            if self.sees(f"person-{identifier}"):
                self.page.locator(_by(f"person-{identifier}")).check()
            self.tap("agree")
            self.page.wait_for_load_state()
            if not self.page.url.startswith(sandbox) or self.page.url.startswith(f"{sandbox}/agency/"):
                return
        raise AssertionError("the simulator goes on asking")


@contextmanager
def phone(browser: Browser, *, locale: str, name: str, scripts: bool = True) -> Iterator[Phone]:
    """A fresh phone. Should the test fail, what was on its screen lies in build/screenshots."""
    context = browser.new_context(
        viewport={"width": 390, "height": 844},
        device_scale_factor=2,
        is_mobile=True,
        has_touch=True,
        locale=locale,
        java_script_enabled=scripts,
    )
    context.set_default_timeout(MILLISECONDS)
    page = context.new_page()
    try:
        yield Phone(page=page)
    except BaseException:
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=True)
        (SCREENSHOTS / f"{name}.txt").write_text(f"{page.url.split('?')[0]}\n\n{page.inner_text('body')}\n")
        raise
    finally:
        context.close()


def _by(identifier: str) -> str:
    return f"[id='{identifier}']"
