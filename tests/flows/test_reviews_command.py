"""`gba reviews`: an operator lists, looks and decides; looking is recorded and listing shows nothing personal."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import CliRunner, Result

from deploy.cli import gba
from gateway.identity.region import Region
from tests.fakes.resident_regions import HARD_TO_TELL, PERSONAL
from tests.fakes.resident_world import BROWSER, World, make_world


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    made = make_world(f"sqlite:///{tmp_path / 'gateway.db'}")
    monkeypatch.setattr("deploy.commands.reviews._open", lambda: made.reviews)
    yield made
    made.engine.dispose()


@pytest.fixture
def reference(world: World) -> str:
    world.regions[Region.GUANGDONG].attributes = HARD_TO_TELL
    sign_in = world.sign_ins.begin(BROWSER, locale="en").sign_in
    world.go(sign_in)
    world.link(sign_in)
    return world.reviews.list()[0].reference


def run(*arguments: str) -> Result:
    return CliRunner().invoke(gba, ["reviews", *arguments])


def test_the_list_has_the_reference_and_nothing_personal(reference: str) -> None:
    printed = run("list").output + run("list", "--json").output
    assert reference in printed
    assert not any(datum in printed for datum in PERSONAL)


def test_showing_prints_both_records_and_is_recorded(world: World, reference: str) -> None:
    shown = json.loads(run("show", reference.lower(), "--json").output)
    assert (shown["home"]["latin_name"], shown["guangdong"]["birth_date"]) == ("CHAN TAI MAN", None)
    assert "CHAN TAI MAN" in run("show", reference).output
    looked = [event.actor for event in world.journal.events if event.kind == "review.shown"]
    assert len(looked) == 2
    assert all(actor.startswith("operator") for actor in looked)


def test_a_decision_is_made_once_on_a_ground(reference: str) -> None:
    assert run("decide", reference, "same").exit_code == 2
    assert run("decide", reference, "same", "--ground", "documents_seen").exit_code == 0
    again = run("decide", reference, "different", "--ground", "records_differ")
    assert (again.exit_code, "review_decided" in again.output) == (1, True)
    assert "Nothing to decide." in run("list").output
    assert reference in run("list", "--all").output


@pytest.mark.parametrize("act", [("show", "NO-SUCH"), ("decide", "NO-SUCH", "same", "--ground", "documents_seen")])
def test_an_unknown_reference_is_told_as_such(world: World, act: tuple[str, ...]) -> None:
    assert sa.inspect(world.engine).has_table("reviews")
    result = run(*act)
    assert result.exit_code == 1
    assert "There is no review" in result.output


def test_a_database_that_is_not_ready_is_said_in_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GBA_DATA_DIR", str(tmp_path))
    result = run("list")
    assert result.exit_code == 1
    assert "gba database upgrade" in result.output
    assert CliRunner().invoke(gba, ["database", "upgrade"]).exit_code == 0
    assert run("list").output == "Nothing to decide.\n"
