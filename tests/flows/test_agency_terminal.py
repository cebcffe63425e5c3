"""The sandbox agency's self-service terminal: its code, scanned or typed on a phone, signs a person in there."""

import time

import pytest

from deploy.journey import simulator
from deploy.journey.page import Page
from deploy.journey.person import Person, with_phone
from deploy.journey.stack import Stack
from deploy.journey.stage import stage_of
from deploy.sandbox.agency.names import LANGUAGES

ACTS = {"choose_region": "region-HK", "link": "link-start", "bind": "bind-agree", "claims": "claims-agree"}


@pytest.fixture
def terminal(running: Stack) -> Person:
    """A browser in the agency's hall."""
    hall = with_phone("en")
    hall.go(f"{running.sandbox}/agency/en/")
    hall.press("agency-terminal")
    return hall


def later(terminal: Person) -> Page:
    """The terminal's page after it has reloaded itself once."""
    time.sleep(6)
    return terminal.go(terminal.screen.url)


def test_a_person_signs_in_on_their_phone_and_arrives_at_the_terminal(running: Stack, terminal: Person) -> None:
    code = terminal.screen.text("terminal-code")
    assert b"<svg" in terminal.screen.body
    assert terminal.screen.headers["refresh"] == "6"
    phone = with_phone("zh-Hant-HK")
    phone.go(f"{running.gateway}/device?user_code={code}")  # what a camera reads from the terminal's screen
    assert phone.screen.text("device-user-code") == code
    phone.press("device-agree")
    for _ in range(12):
        if phone.sees("device-allowed"):
            break
        stage = stage_of(phone.screen)
        if stage == "simulator":
            simulator.sign_in(phone, "wong-siu-ling")
        else:
            phone.press(ACTS.get(stage, "go-on"))
        phone.wait()
    assert phone.sees("device-allowed"), phone.whereabouts()
    assert later(terminal).text("agency-subject")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_code_is_shown_in_every_language(running: Stack, language: str) -> None:
    hall = with_phone(language)
    hall.go(f"{running.sandbox}/agency/{language}/")
    hall.press("agency-terminal")
    assert hall.screen.text("terminal-code")


def test_a_no_on_the_phone_is_told_at_the_terminal(running: Stack, terminal: Person) -> None:
    phone = with_phone("en")
    phone.go(f"{running.gateway}/device")
    phone.press("device-continue", {"user_code": terminal.screen.text("terminal-code")})
    phone.press("device-decline")
    assert phone.sees("device-refused")
    assert "You stopped the sign-in" in later(terminal).body.decode()


def test_who_waits_at_the_terminal_has_no_counter_yet(running: Stack, terminal: Person) -> None:
    assert terminal.go(f"{running.sandbox}/agency/en/counter").status == 403
