"""A document's bytes and its name are on the disk before anything is told of it."""

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from trust.storage.blobs import Folder


def test_the_bytes_then_the_name_are_synced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[tuple[str, bool]] = []
    really = os.fsync

    def noted(handle: int) -> None:
        synced.append((Path(f"/proc/self/fd/{handle}").readlink().name[:5], (tmp_path / "ab" / "name").exists()))
        really(handle)

    monkeypatch.setattr(os, "fsync", noted)
    folder = Folder(tmp_path)
    folder.write("ab/name", b"content")
    assert synced == [(tmp_path.name[:5], False), (".new-", False), ("ab", True)]
    assert folder.read("ab/name") == b"content"
    folder.write("ab/other", b"more")
    assert [name for name, _ in synced[3:]] == [".new-", "ab"]


def test_what_a_crash_left_unfinished_is_cleared_and_nothing_else(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    for name in ("ab/name", "ab/.new-old", "drafts/.new-old", "drafts/.new-just-now"):
        folder.write(name, b"sealed")
        os.utime(tmp_path / name, (1000, 1000))
    os.utime(tmp_path / "drafts/.new-just-now", (2000, 2000))
    before = datetime.fromtimestamp(2000, UTC)
    assert [folder.clear_unfinished(before=before), folder.clear_unfinished(before=before)] == [2, 0]
    assert sorted(path.name for path in tmp_path.glob("*/*")) == [".new-just-now", "name"]
    assert Folder(tmp_path / "absent").clear_unfinished(before=before) == 0
