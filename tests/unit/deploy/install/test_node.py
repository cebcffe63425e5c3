"""A Node.js is used when it is one, and recent enough."""

from pathlib import Path

import pytest

from deploy.install.node import is_recent


@pytest.mark.parametrize(
    ("says", "recent"),
    [("v24.19.0", True), ("v20.0.0", True), ("v18.20.4", False), ("axnode 0.9", False), ("", False)],
)
def test_its_version_decides(says: str, *, recent: bool, tmp_path: Path) -> None:
    node = tmp_path / "node"
    node.write_text(f"#!/bin/sh\necho {says}\n")
    node.chmod(0o755)
    assert is_recent(node) is recent


def test_none_is_none(tmp_path: Path) -> None:
    assert not is_recent(tmp_path / "node")
