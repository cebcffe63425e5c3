"""Nothing of a person is found where it does not belong: in logs, in addresses, readable in the database."""

from pathlib import Path

import pytest

from deploy.journey.checks import ReceiptCheck, VerifyCommand
from deploy.journey.person import Person, with_phone
from deploy.journey.resident import HONG_KONG, MACAU, Resident
from deploy.journey.stack import Stack
from deploy.journey.story import Story
from deploy.sandbox import people
from deploy.settings import load
from deploy.welcome import welcome


@pytest.fixture(scope="module")
def trails(alone: Stack, tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """Every address that the two residents passed through, by person."""
    return {
        resident.person: travelled(alone, resident, tmp_path_factory.mktemp(resident.region)).trail
        for resident in (HONG_KONG, MACAU)
    }


def travelled(alone: Stack, resident: Resident, folder: Path) -> Person:
    story = Story(
        gateway=alone.gateway,
        sandbox=alone.sandbox,
        resident=resident,
        person=with_phone(resident.phone),
        folder=folder,
        check_file=VerifyCommand(environment=alone.environment()),
        check_receipt=ReceiptCheck(keys_url=f"{alone.gateway}/receipts/jwks"),
    )
    problems = [step.problem for step in story.play() if step.problem]
    assert problems == []
    return story.person


def personal(identifier: str) -> set[str]:
    """What must not be found: names, numbers, birth dates, as both sides write them."""
    who = people.person(identifier)
    assert who is not None
    assert who.guangdong is not None
    held = {
        who.home.number,
        who.home.latin_name,
        who.home.chinese_name or "",
        who.home.birth_date.isoformat(),
        who.home.birth_date.strftime("%Y%m%d"),
        who.guangdong.name,
        who.guangdong.document[1],
        who.guangdong.document[1][:9],
        who.guangdong.code,
        who.password,
    }
    return held - {""}


def logs(stack: Stack) -> set[Path]:
    return {stack.log, *stack.data_dir.rglob("*.log")}


def logged(stack: Stack, log: Path) -> str:
    """The log without the greeting of `gba serve`, which tells who the sandbox's persons are."""
    greeting = set(welcome(load(stack.environment())).splitlines())
    return "\n".join(line for line in log.read_text("utf-8", "replace").splitlines() if line not in greeting)


@pytest.mark.parametrize("identifier", [HONG_KONG.person, MACAU.person])
def test_no_log_names_a_person(alone: Stack, trails: dict[str, list[str]], identifier: str) -> None:
    assert trails
    for log in logs(alone):
        assert [word for word in personal(identifier) if word in logged(alone, log)] == []


@pytest.mark.parametrize("identifier", [HONG_KONG.person, MACAU.person])
def test_no_address_names_a_person(trails: dict[str, list[str]], identifier: str) -> None:
    passed = "\n".join(trails[identifier])
    assert [word for word in personal(identifier) if word in passed] == []


@pytest.mark.parametrize("identifier", [HONG_KONG.person, MACAU.person])
def test_the_database_and_the_stored_records_hold_nothing_readable(
    alone: Stack, trails: dict[str, list[str]], identifier: str
) -> None:
    assert trails
    words = {word.encode() for word in personal(identifier)}
    for file in alone.data_dir.rglob("*"):
        if file.is_file() and file not in logs(alone) and "sandbox" not in file.relative_to(alone.data_dir).parts:
            content = file.read_bytes()
            assert not content.startswith(b"%PDF-"), file.name
            assert [word for word in words if word in content] == [], file.name
