"""The whole journey in a real browser at phone size: sign in from home, reach the agency, hold and verify a record."""

import json
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from deploy.journey.stack import Stack
from deploy.settings import CHECKOUT
from tests.browser.phone import Phone, phone

pytestmark = pytest.mark.browser

RECORDS = ("habibi-rotated.pdf", "google-doc-document.pdf")


@dataclass(frozen=True, kw_only=True)
class Traveller:
    person: str
    locale: str
    region: str
    reads: str
    face: bool
    ticks: tuple[str, ...]
    record: str  # from ../shared/samples/plain, where that is


TRAVELLERS = (
    Traveller(
        person="chan-tai-man",
        locale="zh-HK",
        region="HK",
        reads="zh-Hant",
        face=True,
        ticks=("birthdate",),
        record="habibi-rotated.pdf",
    ),
    Traveller(
        person="maria-da-silva-leong",
        locale="zh-MO",
        region="MO",
        reads="pt",
        face=False,
        ticks=(),
        record="google-doc-document.pdf",
    ),
)


@pytest.mark.parametrize("who", TRAVELLERS, ids=lambda who: f"{who.region}-{who.reads}")
def test_a_resident_travels_from_the_first_page_to_a_verified_record(
    running: Stack, browser: Browser, tmp_path: Path, who: Traveller
) -> None:
    with phone(browser, locale=who.locale, name=f"journey-{who.region}") as held:
        the_first_page_is_traditional_chinese(held, running, who)
        they_reach_the_agency(held, running, who)
        sealed = the_record_is_issued(held, running, a_record(browser, who, tmp_path), tmp_path, who)
        anyone_can_verify_it(held, running, sealed, who)
        the_answer_has_a_receipt(held, running, who)
        the_link_can_be_undone(held, running, who)


def test_a_resident_travels_without_scripts(running: Stack, browser: Browser) -> None:
    who = Traveller(
        person="tang-wing", locale="zh-HK", region="HK", reads="zh-Hant", face=False, ticks=("chinese_name",), record=""
    )
    with phone(browser, locale=who.locale, name="journey-no-scripts", scripts=False) as held:
        they_reach_the_agency(held, running, who)
        assert "\U000210c1" in held.reads("agency-claim-chinese_name")
        held.tap("agency-issue")
        assert held.told("agency-issued", "state") == "sealed"


def the_first_page_is_traditional_chinese(held: Phone, running: Stack, who: Traveller) -> None:
    held.open(f"{running.gateway}/")
    assert held.language.startswith("zh-Hant")
    for code in ("zh-Hant", "zh-Hans", "en", "pt"):
        assert held.sees(f"lang-{code}")
    if who.reads != "zh-Hant":
        held.tap(f"lang-{who.reads}")
        assert held.language.startswith(who.reads)


def they_reach_the_agency(held: Phone, running: Stack, who: Traveller) -> None:
    held.open(f"{running.sandbox}/agency/{who.reads}/")
    held.tap("agency-sign-in-check")
    held.waits_for(f"region-{who.region}")
    assert held.language.startswith(who.reads)
    held.tap(f"region-{who.region}")
    held.agrees_at_the_region(who.person, running.sandbox)
    held.waits_for("link-start")
    held.tap("link-start")
    held.agrees_at_the_region(who.person, running.sandbox)
    held.waits_for("bind-agree")
    held.tap("bind-agree")
    held.waits_for("claims-agree")
    for name in who.ticks:
        held.tap(f"claim-{name}")
    held.tap("claims-agree")
    held.waits_for("check-agree")
    the_answers_are_equal(held)
    held.tap("check-agree" if who.face else "check-other-way")
    held.waits_for("check-proceed")
    held.tap("check-proceed")
    held.agrees_at_the_region(who.person, running.sandbox)
    if held.waits_for("go-on", "agency-arrived") == "go-on":
        held.tap("go-on")
    held.waits_for("agency-arrived")
    assert held.told("agency-check", "method") == ("face" if who.face else "confirmation_at_home")
    assert held.told("agency-check", "outcome") == "passed"
    assert held.reads("agency-acr").startswith("urn:gba:acr:")
    for name in ("birthdate", "chinese_name"):
        assert held.sees(f"agency-claim-{name}") == (name in who.ticks)


def the_answers_are_equal(held: Phone) -> None:
    """Same size, colour and weight: neither answer is the one that is wanted."""
    look = """button => { const s = getComputedStyle(button), r = button.getBoundingClientRect();
        return [Math.round(r.height), s.backgroundColor, s.color, s.fontWeight, s.fontSize, s.borderColor].join() }"""
    agree, other = (held.page.locator(f"#{name}").evaluate(look) for name in ("check-agree", "check-other-way"))
    assert agree == other


def the_record_is_issued(held: Phone, running: Stack, record: Path, tmp_path: Path, who: Traveller) -> Path:
    held.picks("agency-file", record)
    held.tap("agency-issue")
    held.waits_for("agency-issued")
    assert held.told("agency-issued", "state") == "sealed"
    document = held.told("agency-issued", "document")
    held.open(f"{running.gateway}/{who.reads}/documents")
    held.tap(f"document-{document}")
    held.waits_for("document-qr")
    assert held.page.locator("#document-qr svg").count() == 1
    sealed = tmp_path / "sealed.pdf"
    sealed.write_bytes(held.downloads("document-file"))
    held.open(held.reads("document-code"))
    assert re.fullmatch(r"[0-9a-f]{64}", held.reads("fingerprint"))
    return sealed


def anyone_can_verify_it(held: Phone, running: Stack, sealed: Path, who: Traveller) -> None:
    changed = sealed.with_name("changed.pdf")
    content = bytearray(sealed.read_bytes())
    content[len(content) // 3] ^= 1
    changed.write_bytes(content)
    for file, passed in ((sealed, True), (changed, False)):
        held.open(f"{running.gateway}/{who.reads}/verify")
        held.picks("verify-file", file)
        held.tap("verify-submit")
        held.waits_for("verdict")
        assert (held.told("verdict", "verdict") == "PASSED") is passed
    told = subprocess.run(
        [sys.executable, "-m", "deploy.cli", "verify", "--json", str(sealed), str(changed)],
        cwd=CHECKOUT,
        env=running.environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    reports = [json.loads(line) for line in told.stdout.splitlines()]
    assert [report["verdict"] == "PASSED" for report in reports] == [True, False], reports
    assert told.returncode != 0


def the_answer_has_a_receipt(held: Phone, running: Stack, who: Traveller) -> None:
    held.open(f"{running.gateway}/{who.reads}/consents")
    first = held.page.locator("#consents a").first
    first.click()
    held.waits_for("receipt-json")
    assert json.loads(held.downloads("receipt-json"))
    assert held.downloads("receipt-pdf").startswith(b"%PDF-")


def the_link_can_be_undone(held: Phone, running: Stack, who: Traveller) -> None:
    held.open(f"{running.gateway}/{who.reads}/links")
    held.page.locator("details summary").first.click()
    held.page.locator("button[id^='undo-']").first.click()
    held.open(f"{running.gateway}/{who.reads}/documents")
    assert not held.sees("documents")


def a_record(browser: Browser, who: Traveller, tmp_path: Path) -> Path:
    """A PDF from the real world where the samples are, else one that this browser prints."""
    sample = CHECKOUT.parent / "shared" / "samples" / "plain" / who.record
    if sample.exists():
        return sample
    printed = tmp_path / "printed.pdf"
    page = browser.new_page()
    page.set_content("<h1>商事登記證明</h1><p>Registo comercial. Business record.</p>" * 40)
    printed.write_bytes(page.pdf(format="A4"))
    page.close()
    return printed
