"""Trust lists where a clock was wrong, a signer's certificate is lost, or a disk is away for a moment."""

from datetime import timedelta
from pathlib import Path

import pytest

from deploy.trust_lists.opening import SnapshotInForce, TrustLists
from tests.fakes.outside import SetClock
from tests.fakes.trust_lists import AT, OPERATOR, signed, table
from trust.anchors.trust_list import ListState
from trust.custody.key_store import KeyStore
from trust.errors import TrustListRefused


def lists_of(home: Path, clock: SetClock) -> TrustLists:
    return TrustLists(home, KeyStore.open(home / "keys.json", bytes(32)), now=clock)


def test_lists_of_a_clock_that_was_years_ahead_are_followed_by_current_ones(tmp_path: Path) -> None:
    clock = SetClock(AT + timedelta(days=800))
    lists_of(tmp_path, clock).publish()
    clock.move(timedelta(days=-800))
    assert {each.sequence for each in lists_of(tmp_path, clock).publish()} == {2}
    assert {each.state for each in lists_of(tmp_path, clock).snapshot().standings(AT)} == {ListState.CURRENT}


def test_a_list_whose_signer_is_lost_gives_nothing_and_ends_no_verdict(tmp_path: Path) -> None:
    lists = lists_of(tmp_path, SetClock(AT))
    lists.publish()
    kept = lists.shelf.present()
    assert kept is not None
    lists.shelf.keep({**kept.lists, "PT": signed(table(territory="PT"))})
    place = '[[place]]\nterritory = "PT"\naddress = "https://list.example/pt.xml"\nsigners = ["pt.der"]\n'
    (tmp_path / "sources").mkdir()
    (tmp_path / "sources" / "remote.toml").write_text(place)
    held = tmp_path / "trust" / "certificates" / "pt.der"
    held.parent.mkdir()
    held.write_bytes(OPERATOR.chain[0])
    keys = KeyStore.open(tmp_path / "keys.json", bytes(32))

    def standings() -> dict[str, ListState]:
        found = TrustLists(tmp_path, keys, folder=tmp_path / "sources", now=SetClock(AT)).snapshot()
        return {each.territory: each.state for each in found.standings(AT)}

    assert (standings()["PT"], standings()["HK"]) == (ListState.CURRENT, ListState.CURRENT)
    held.unlink()
    assert (standings()["PT"], standings()["HK"]) == (ListState.UNVERIFIED, ListState.CURRENT)


def test_a_disk_that_was_away_for_a_moment_is_not_remembered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lists = lists_of(tmp_path, SetClock(AT))
    lists.publish()
    in_force = SnapshotInForce(lists)

    def away(_: str) -> None:
        raise TrustListRefused("snapshot_unreadable")

    with monkeypatch.context() as patched:
        patched.setattr(lists.shelf, "find", away)
        assert {each.state for each in in_force().standings(AT)} == {ListState.UNREADABLE}
    assert {each.state for each in in_force().standings(AT)} == {ListState.CURRENT}
