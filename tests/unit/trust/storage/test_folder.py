"""A document's bytes and its name are on the disk before anything is told of it."""

import os
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
