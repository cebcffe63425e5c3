"""Verdicts rest on the lists: whose seal it is, whether it is mutually recognised, what happens when lists run out."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from deploy.trust_lists.opening import TrustLists
from tests.fakes.sealing_world import SealingWorld, plain_pdf
from trust.signing.profile import Level


@pytest.fixture
def world(tmp_path: Path) -> SealingWorld:
    return SealingWorld.open(tmp_path)


def lists(world: SealingWorld, tmp_path: Path) -> TrustLists:
    return TrustLists(tmp_path, world.keys, authorities=world.authorities, now=world.clock)


def verified(world: SealingWorld, tmp_path: Path, pdf: bytes) -> dict[str, Any]:
    return world.verifier(snapshot=lists(world, tmp_path).snapshot())(pdf, name="file.pdf").as_json()


@pytest.mark.parametrize(
    ("territory", "conclusion"), [("HK", "recognised"), ("CN-44", "recognised"), ("MO", "not_listed")]
)
def test_a_seal_is_found_on_its_list_and_recognition_is_answered(
    territory: str, conclusion: str, world: SealingWorld, tmp_path: Path
) -> None:
    published = lists(world, tmp_path)
    published.publish()
    pdf = world.seal_at(Level.LTA, plain_pdf(), device=world.device(territory))
    told = verified(world, tmp_path, pdf)
    assert told["verdict"] == "PASSED"
    assert told["trust_snapshot"] == published.snapshot().id
    assert {each["state"] for each in told["trust_lists"]} == {"current"}
    [signature, stamp] = told["signatures"]
    assert signature["trust_entry"] == f"sandbox-{territory.lower()}-root"
    assert signature["mutual_recognition"]["conclusion"] == conclusion
    assert stamp["mutual_recognition"] is None
    if conclusion == "recognised":
        assert [each["outcome"] for each in signature["mutual_recognition"]["conditions"]] == ["met"] * 5


def test_when_the_lists_run_out_nothing_passes_and_the_report_says_why(world: SealingWorld, tmp_path: Path) -> None:
    published = lists(world, tmp_path)
    published.publish()
    pdf = world.seal_at(Level.LTA, plain_pdf(), device=world.device("HK"))
    before = verified(world, tmp_path, pdf)
    world.later(days=181)
    told = verified(world, tmp_path, pdf)
    assert (told["verdict"], told["reason"]) == ("INDETERMINATE", "trust_list_expired")
    assert told["signatures"][0]["sub_indication"] == "NO_CERTIFICATE_CHAIN_FOUND"
    assert {each["state"] for each in told["trust_lists"]} == {"expired"}
    assert told["trust_snapshot"] == before["trust_snapshot"]
    assert told["signatures"][0]["mutual_recognition"]["conclusion"] == "not_checked"
    published.publish()
    assert verified(world, tmp_path, pdf)["verdict"] == "PASSED"


def test_without_any_list_nobody_is_trusted(world: SealingWorld, tmp_path: Path) -> None:
    told = verified(world, tmp_path, world.seal_at(Level.B, plain_pdf()))
    assert told["verdict"] == "INDETERMINATE"
    assert {each["state"] for each in told["trust_lists"]} == {"missing"}


def test_the_same_file_snapshot_and_time_give_the_same_bytes(world: SealingWorld, tmp_path: Path) -> None:
    published = lists(world, tmp_path)
    published.publish()
    name = published.snapshot().id
    pdf, at = world.seal_at(Level.LTA, plain_pdf(), device=world.device("HK")), world.now + timedelta(hours=1)
    first = world.verifier(snapshot=published.snapshot(name), online=False)(pdf, name="a.pdf", at=at).as_line()
    world.later(days=150)
    published.publish()  # another snapshot is in force by now
    assert published.snapshot().id != name
    again = world.verifier(snapshot=published.snapshot(name), online=False)(pdf, name="a.pdf", at=at).as_line()
    assert again == first


def test_in_the_sandbox_the_lists_follow_its_authorities(world: SealingWorld, tmp_path: Path) -> None:
    first = lists(world, tmp_path).in_force()
    assert len(first.anchors) == 3
    assert lists(world, tmp_path).in_force().id == first.id
    world.later(days=200)
    renewed = lists(world, tmp_path).in_force()
    assert renewed.id != first.id
    assert all(each.usable for each in renewed.standings(world.now))
