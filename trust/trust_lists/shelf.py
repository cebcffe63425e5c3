"""Snapshots on disk: a folder for each, named by its identity and never changed; one line says which is present."""

import contextlib
import fcntl
import os
import re
import secrets
from collections.abc import Iterator, Mapping
from pathlib import Path

from trust.anchors.snapshot import identity
from trust.anchors.trust_list import LARGEST, digest_of
from trust.errors import TrustListRefused
from trust.ports.trust_lists import Kept

NAME = re.compile(r"sha256:([0-9a-f]{64})")
TERRITORY = re.compile(r"[A-Z]{2}(-[A-Z0-9]{1,3})?")


class FolderShelf:
    """Satisfies the SnapshotShelf port. Several processes may use one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def present(self) -> Kept | None:
        """The present snapshot, checked against its name."""
        named = self.present_name()
        return self.find(named) if named else None

    def present_name(self) -> str:
        """The identity of the present snapshot; empty before there is any."""
        try:
            return (self._folder / "present").read_text("ascii").strip()
        except FileNotFoundError:
            return ""
        except (OSError, ValueError):
            raise TrustListRefused("snapshot_unreadable") from None

    def find(self, identity: str) -> Kept:
        """A snapshot by its identity, checked against it."""
        if not (match := NAME.fullmatch(identity)):
            raise TrustListRefused("snapshot_unknown")
        folder = self._folder / match[1]
        try:
            lists = {file.stem: _bytes(file) for file in sorted(folder.glob("*.xml")) if TERRITORY.fullmatch(file.stem)}
        except OSError:
            raise TrustListRefused("snapshot_unreadable") from None
        if not folder.is_dir():
            raise TrustListRefused("snapshot_unknown")
        if _identity(lists) != identity:
            raise TrustListRefused("snapshot_changed")
        return Kept(id=identity, lists=lists)

    def identities(self) -> tuple[str, ...]:
        """Every snapshot on the shelf, the oldest first."""
        folders = (each for each in self._folder.glob("*") if each.is_dir() and NAME.fullmatch(f"sha256:{each.name}"))
        return tuple(f"sha256:{each.name}" for each in sorted(folders, key=lambda each: each.stat().st_mtime_ns))

    def keep(self, lists: Mapping[str, bytes]) -> Kept:
        """Written aside, then moved into place whole, so that nobody ever sees half a snapshot."""
        named = _identity(lists)
        home = self._folder / named.removeprefix("sha256:")
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not home.exists():
            aside = self._folder / f".{secrets.token_hex(8)}"
            aside.mkdir(mode=0o700)
            for territory, content in lists.items():
                if not TERRITORY.fullmatch(territory):
                    raise TrustListRefused("territory_unfit")
                _write(aside / f"{territory}.xml", content, mode=0o400)
            try:
                aside.rename(home)
            except OSError:  # another process was first
                import shutil  # noqa: PLC0415 - hardly ever

                shutil.rmtree(aside, ignore_errors=True)
        self._point_at(named)
        return self.find(named)

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """Holds off other processes that would number or take lists at the same time."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(self._folder / ".lock", os.O_CREAT | os.O_RDWR, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)

    def _point_at(self, named: str) -> None:
        aside = self._folder / f".{secrets.token_hex(8)}"
        try:
            _write(aside, named.encode(), mode=0o600)
            aside.replace(self._folder / "present")
        finally:
            with contextlib.suppress(FileNotFoundError):
                aside.unlink()


def _identity(lists: Mapping[str, bytes]) -> str:
    return identity({territory: digest_of(content) for territory, content in lists.items()})


def _bytes(file: Path) -> bytes:
    with file.open("rb") as opened:
        return opened.read(LARGEST + 1)


def _write(file: Path, content: bytes, *, mode: int) -> None:
    handle = os.open(file, os.O_CREAT | os.O_WRONLY | os.O_EXCL, mode)
    with os.fdopen(handle, "wb") as opened:
        opened.write(content)
        opened.flush()
        os.fsync(opened.fileno())
