"""A power cut in the middle of a sign-in loses nothing that the person had finished."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.journey import simulator
from deploy.journey.person import Person, with_phone
from deploy.journey.stack import Stack, free_port
from deploy.journey.stage import stage_of

WHO = "singh-arjun"


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[Stack]:
    own = Stack(data_dir=tmp_path / "data", port=free_port(), apart=True)
    own.start()
    yield own
    own.stop()


def cut_the_power(stack: Stack, *, everywhere: bool) -> None:
    """At the gateway alone, or at the sandbox too."""
    if everywhere:
        stack.kill()
    else:
        stack.kill_gateway()
    stack.start()


@pytest.mark.thorough
def test_a_person_goes_on_after_the_gateway_was_killed_at_every_stage(stack: Stack) -> None:
    person = with_phone("en")
    person.go(f"{stack.sandbox}/agency/en/")
    person.press("agency-sign-in-check")
    reached = [stage_of(person.screen)]
    for _ in range(12):
        if reached[-1] == "agency":
            break
        cut_the_power(stack, everywhere=reached[-1] == "claims")
        one_step(person)
        reached.append(stage_of(person.screen))
    assert reached == ["choose_region", "link", "bind", "claims", "check", "check_answered", "agency"]


def one_step(person: Person) -> None:
    """What the person does at this stage, and at the simulator that it leads to."""
    stage = stage_of(person.screen)
    act = {
        "choose_region": "region-HK",
        "link": "link-start",
        "bind": "bind-agree",
        "claims": "claims-agree",
        "check": "check-other-way",
        "check_answered": "check-proceed",
        "finished": "go-on",
    }[stage]
    person.press(act)
    if stage_of(person.screen) == "simulator":
        simulator.sign_in(person, WHO)
    person.wait()
    if stage_of(person.screen) == "finished":
        person.press("go-on")


def test_an_answer_that_arrives_after_the_restart_still_counts(stack: Stack) -> None:
    """The gateway alone ends while the person is at the region: coming back finds the sign-in where it was."""
    person = with_phone("en")
    person.go(f"{stack.sandbox}/agency/en/")
    person.press("agency-sign-in")
    person.press("region-MO")
    assert stage_of(person.screen) == "simulator"
    cut_the_power(stack, everywhere=False)
    simulator.sign_in(person, "lei-chi-meng")
    person.wait()
    assert stage_of(person.screen) == "link"
