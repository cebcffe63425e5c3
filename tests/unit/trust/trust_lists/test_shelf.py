"""Snapshots stay what they were, are found by their names, and are seen whole or not at all."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from trust.errors import TrustListRefused
from trust.trust_lists.shelf import FolderShelf

LISTS = {"HK": b"<a/>", "CN-44": b"<b/>"}


@pytest.fixture
def shelf(tmp_path: Path) -> FolderShelf:
    return FolderShelf(tmp_path / "snapshots")


def folder(tmp_path: Path, identity: str) -> Path:
    return tmp_path / "snapshots" / identity.removeprefix("sha256:")


def test_what_was_kept_is_found_again(shelf: FolderShelf) -> None:
    assert shelf.present() is None
    kept = shelf.keep(LISTS)
    assert shelf.present() == shelf.find(kept.id) == kept
    assert dict(kept.lists) == LISTS


def test_a_new_snapshot_leaves_the_old_one_where_it_was(shelf: FolderShelf) -> None:
    old = shelf.keep(LISTS)
    new = shelf.keep({**LISTS, "HK": b"<c/>"})
    assert shelf.present() == new
    assert shelf.find(old.id) == old
    assert set(shelf.identities()) == {old.id, new.id}


def test_the_same_lists_are_the_same_snapshot(shelf: FolderShelf) -> None:
    assert shelf.keep(LISTS) == shelf.keep(dict(reversed(LISTS.items())))
    assert len(shelf.identities()) == 1


def test_a_snapshot_that_was_changed_is_refused(shelf: FolderShelf, tmp_path: Path) -> None:
    kept = shelf.keep(LISTS)
    file = folder(tmp_path, kept.id) / "HK.xml"
    file.chmod(0o600)
    file.write_bytes(b"<other/>")
    with pytest.raises(TrustListRefused, match="snapshot_changed"):
        shelf.present()


def test_a_list_taken_out_or_put_in_is_noticed(shelf: FolderShelf, tmp_path: Path) -> None:
    kept = shelf.keep(LISTS)
    (folder(tmp_path, kept.id) / "MO.xml").write_bytes(b"<d/>")
    with pytest.raises(TrustListRefused, match="snapshot_changed"):
        shelf.find(kept.id)


@pytest.mark.parametrize("identity", ["", "sha256:12", "../../etc", f"sha256:{'0' * 64}", f"sha256:{'../' * 21}a"])
def test_a_name_that_is_none_finds_nothing(shelf: FolderShelf, identity: str) -> None:
    shelf.keep(LISTS)
    with pytest.raises(TrustListRefused, match="snapshot_unknown"):
        shelf.find(identity)


def test_nobody_but_its_owner_reads_or_changes_it(shelf: FolderShelf, tmp_path: Path) -> None:
    home = folder(tmp_path, shelf.keep(LISTS).id)
    assert stat.S_IMODE((home / "HK.xml").stat().st_mode) == 0o400
    assert stat.S_IMODE(home.stat().st_mode) == 0o700


def test_many_at_once_keep_one_and_leave_nothing_behind(shelf: FolderShelf, tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        kept = set(pool.map(lambda _: shelf.keep(LISTS).id, range(24)))
    assert len(kept) == 1
    assert sorted(path.name for path in (tmp_path / "snapshots").iterdir()) == sorted(
        [next(iter(kept)).removeprefix("sha256:"), "present"]
    )
