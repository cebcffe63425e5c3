"""Revocation data is gathered once and used again while it is fresh, and no longer."""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import pytest

from tests.fakes.sealing_world import SealingWorld
from trust.network import revocation
from trust.network.revocation import KEEP, RemoteRevocationSource
from trust.ports.egress import Reply


class Counting:
    """A way out that counts."""

    def __init__(self, world: SealingWorld) -> None:
        self._world = world
        self.asked = 0

    def __call__(self, method: str, url: str, *, headers: Mapping[str, str] | None = None, body: bytes = b"") -> Reply:
        self.asked += 1
        return self._world.egress(method, url, headers=headers, body=body)


@pytest.fixture
def world(tmp_path: Path) -> SealingWorld:
    return SealingWorld.open(tmp_path)


def test_an_answer_is_used_again_for_a_while(world: SealingWorld) -> None:
    chain, line = world.device().chain, Counting(world)
    source = RemoteRevocationSource(line, world.clock)
    first = source.collect((chain,))
    asked = line.asked
    assert asked == 2  # the seal and its issuer; the root answers for itself
    assert source.collect((chain,)) == first
    assert line.asked == asked
    world.now += KEEP
    source.collect((chain,))
    assert line.asked == 2 * asked


def test_an_answer_is_not_used_beyond_its_end(world: SealingWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(revocation, "KEEP", timedelta(days=30))
    chain, line = world.device().chain, Counting(world)
    source = RemoteRevocationSource(line, world.clock)
    source.collect((chain,))
    asked = line.asked
    world.later(days=2)  # OCSP answers of the sandbox live a day
    source.collect((chain,))
    assert line.asked > asked


def test_no_more_is_kept_than_has_a_place(world: SealingWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(revocation, "MOST_KEPT", 3)
    source = RemoteRevocationSource(Counting(world), world.clock)
    for _ in range(5):
        source.collect((world.device().chain,))
        assert len(source._kept) <= 3
    assert len(source._kept) == 3
