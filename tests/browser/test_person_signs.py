"""A resident signs for an agency in a real browser at phone size, without scripts: on our page, with their own key."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from deploy.journey.stack import Stack
from deploy.sandbox.signature_holders import HOLDERS_PIN
from tests.browser.phone import SCREENSHOTS, Phone, phone

pytestmark = pytest.mark.browser


def test_a_resident_of_hong_kong_compares_four_digits(running: Stack, browser: Browser, tmp_path: Path) -> None:
    with phone(browser, locale="zh-HK", name="signs-HK", scripts=False) as held:
        they_reach_the_agency(held, running, "singh-arjun", region="HK", reads="zh-Hant")
        held.tap("agency-sign")
        held.waits_for("signing-begin")
        assert held.language.startswith("zh-Hant")
        assert "553" in held.reads("signing-law")
        assert re.fullmatch(r"([0-9a-f]{4} ){4}…", held.reads("signing-digest"))
        assert held.downloads("signing-file").startswith(b"%PDF")
        nothing_overflows(held)
        held.tap("signing-begin")
        held.waits_for("signing-open")
        code = held.reads("signing-code")
        assert re.fullmatch(r"[0-9]{4}", code)
        keeps_a_picture(held, "signing-hk")
        held.tap("signing-open")
        held.waits_for("sign-code")
        assert held.reads("sign-code") == code
        held.tap("cancel")
        it_came_to(held, "waiting")
        held.tap("agency-signing-page")
        held.waits_for("signing-problem")
        held.tap("signing-begin")
        held.waits_for("signing-open")
        held.tap("signing-open")
        held.tap("agree")
        it_came_to(held, "signed")
        assert held.told("agency-signing", "level") == "B-LTA"
        held.tap("agency-signing-page")
        held.waits_for("signing-done")
        assert it_verifies(held, running, "zh-Hant", tmp_path)


def test_a_resident_of_macau_types_a_pin_and_a_code(running: Stack, browser: Browser, tmp_path: Path) -> None:
    with phone(browser, locale="pt-PT", name="signs-MO", scripts=False) as held:
        they_reach_the_agency(held, running, "ip-wai-keong", region="MO", reads="pt")
        held.tap("agency-sign")
        held.waits_for("signing-account")
        assert "5/2005" in held.reads("signing-law")
        nothing_overflows(held)
        types(held, "signing-account", "nobody")
        held.tap("signing-begin")
        held.waits_for("signing-problem")
        types(held, "signing-account", "waikeong")
        held.tap("signing-begin")
        held.waits_for("signing-typed-2")
        keeps_a_picture(held, "signing-mo")
        nothing_overflows(held)
        types(held, "signing-typed-1", HOLDERS_PIN)
        types(held, "signing-typed-2", "no")
        held.tap("signing-answer")
        held.waits_for("signing-problem")
        held.tap("signing-again")
        held.waits_for("signing-typed-2")
        types(held, "signing-typed-1", HOLDERS_PIN)
        types(held, "signing-typed-2", sent_to_the_phone(held, running))
        held.tap("signing-answer")
        it_came_to(held, "signed")
        held.tap("agency-signing-page")
        held.waits_for("signing-done")
        assert it_verifies(held, running, "pt", tmp_path)


def they_reach_the_agency(held: Phone, running: Stack, person: str, *, region: str, reads: str) -> None:
    held.open(f"{running.sandbox}/agency/{reads}/")
    held.tap("agency-sign-in")
    held.waits_for(f"region-{region}")
    held.tap(f"region-{region}")
    held.agrees_at_the_region(person, running.sandbox)
    # another test may have linked them, and agreed to what the agency learns
    if held.waits_for("link-start", "claims-agree", "agency-arrived") == "link-start":
        held.tap("link-start")
        held.agrees_at_the_region(person, running.sandbox)
        held.waits_for("bind-agree")
        held.tap("bind-agree")
    if held.waits_for("claims-agree", "agency-arrived") == "claims-agree":
        held.tap("claims-agree")
        held.waits_for("agency-arrived")


def types(held: Phone, identifier: str, text: str) -> None:
    held.page.locator(f"#{identifier}").fill(text)


def sent_to_the_phone(held: Phone, running: Stack) -> str:
    """The code on the sandbox's page of phones, looked at in another window."""
    other = held.page.context.new_page()
    other.goto(f"{running.sandbox}/mo/esign/phone")
    code = other.locator("b.code").inner_text()
    other.close()
    return code


def it_came_to(held: Phone, state: str) -> None:
    held.waits_for("agency-signing")
    assert held.told("agency-signing", "state") == state


def it_verifies(held: Phone, running: Stack, reads: str, folder: Path) -> bool:
    signed = folder / "signed.pdf"
    signed.write_bytes(held.downloads("signing-file"))
    held.open(f"{running.gateway}/{reads}/verify")
    held.picks("verify-file", signed)
    held.tap("verify-submit")
    held.waits_for("verdict")
    return held.told("verdict", "verdict") == "PASSED"


def nothing_overflows(held: Phone) -> None:
    assert held.page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def keeps_a_picture(held: Phone, name: str) -> None:
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    held.page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=True)
