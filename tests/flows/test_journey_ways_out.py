"""Every way out of the journey leads somewhere: declined, cancelled, timed out, mismatched, undecided."""

import pytest

from deploy.journey import simulator
from deploy.journey.page import Page
from deploy.journey.person import Person, with_phone
from deploy.journey.stack import Stack
from deploy.journey.stage import stage_of
from deploy.sandbox import people

FORWARD = {
    "choose_region": "region-{region}",
    "link": "link-start",
    "bind": "bind-agree",
    "claims": "claims-agree",
    "check": "check-agree",
    "check_answered": "check-proceed",
    "finished": "go-on",
}


def begun(alone: Stack, language: str = "en", service: str = "agency-sign-in-check") -> Person:
    person = with_phone(language)
    person.go(f"{alone.sandbox}/agency/{language}/")
    person.press(service)
    return person


def up_to(person: Person, stage: str, who: str) -> Page:
    """Go forward as this person of the sandbox until the stage is reached."""
    known = people.person(who)
    assert known is not None
    for _ in range(15):
        here = stage_of(person.screen)
        if here == stage:
            return person.screen
        if here == "simulator":
            simulator.sign_in(person, who)
        else:
            person.press(FORWARD[here].format(region=known.region.value))
        person.wait()
    raise AssertionError(person.whereabouts())


def back_at_the_agency(person: Person) -> str:
    """The reason that the agency was given."""
    for way in ("back-to-agency", "go-on"):
        if person.sees(way):
            person.press(way)
    found = person.screen.find("agency-problem")
    assert found is not None, person.whereabouts()
    assert person.sees("agency-again")
    return found.attributes["data-reason"]


@pytest.mark.parametrize("stage", ["choose_region", "link", "bind", "claims", "check"])
def test_a_person_who_cancels_is_led_back_and_the_agency_knows_nothing(alone: Stack, stage: str) -> None:
    person = begun(alone)
    up_to(person, stage, "singh-arjun" if stage == "check" else "chan-tai-man")  # who has answered is not asked again
    person.press("cancel")
    assert back_at_the_agency(person) == "access_denied"
    assert not person.sees("agency-subject")
    undone(alone, person)


@pytest.mark.parametrize(("stage", "answer"), [("bind", "bind-decline"), ("claims", "claims-decline")])
def test_a_no_is_taken_for_a_no(alone: Stack, stage: str, answer: str) -> None:
    person = begun(alone)
    up_to(person, stage, "maria-da-silva-leong")
    person.press(answer)
    assert back_at_the_agency(person) == "access_denied"
    undone(alone, person)


@pytest.mark.parametrize("answer", ["cancel", "time-out"])
@pytest.mark.parametrize("region", ["HK", "MO"])
def test_a_sign_in_abandoned_at_the_region_can_be_taken_up_again(alone: Stack, region: str, answer: str) -> None:
    person = begun(alone)
    person.press(f"region-{region}")
    person.press(answer)
    person.wait()
    assert stage_of(person.screen) == "choose_region"
    assert person.sees("stage-problem")


def test_records_that_contradict_each_other_are_told_with_the_way_in_person(alone: Stack) -> None:
    person = begun(alone, "zh-Hant")
    page = up_to(person, "mismatch", "lee-ka-yan")
    assert person.sees("in-person")
    assert person.sees("link-again")
    assert "1992" not in page.words
    assert "李嘉欣" not in page.words


@pytest.mark.parametrize("who", ["siu-mei-kuen", "ho-chi-kin", "ng-yuk-fong"])
def test_what_a_machine_cannot_decide_gets_a_reference_and_no_guess(alone: Stack, who: str) -> None:
    person = begun(alone)
    up_to(person, "manual", who)
    assert len(person.screen.text("reference")) >= 6
    assert person.sees("in-person")


def test_a_failed_comparison_leaves_the_other_way_open(alone: Stack) -> None:
    person = begun(alone)
    up_to(person, "check", "wong-siu-ling")
    person.press("check-agree")
    person.press("check-proceed")
    assert stage_of(person.screen) == "simulator"
    person.press("no-match")
    person.wait()
    assert stage_of(person.screen) in ("check_answered", "agency"), person.whereabouts()
    if stage_of(person.screen) == "check_answered":
        assert person.sees("stage-problem")
    else:
        found = person.screen.find("agency-check")
        assert found is not None
        assert found.attributes["data-outcome"] == "failed"
    undone(alone, person)


def test_a_second_visit_asks_nothing_that_was_answered(alone: Stack) -> None:
    person = begun(alone, service="agency-sign-in")
    up_to(person, "agency", "tang-wing")
    person.go(f"{alone.sandbox}/agency/en/")
    person.press("agency-sign-in")
    assert stage_of(person.screen) == "agency"
    assert any("/oauth/authorize" in hop for hop in person.hops)
    assert not any("/sign-in/" in hop for hop in person.hops if hop.startswith(alone.gateway))
    undone(alone, person)


def undone(alone: Stack, person: Person) -> None:
    """Leave the sandbox's person as found, for other tests on this gateway."""
    page = person.go(f"{alone.gateway}/en/links")
    for button in [element.id for element in page.elements if element.id.startswith("undo-")]:
        person.press(button)
