"""Bytes under their digest, encrypted at rest wherever they lie: documents are personal data.

Whoever keeps the same bytes shares them, so none are ever removed.
"""

import os
import re
import tempfile
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from trust.documents.document import digest
from trust.storage.documents import Vault

_UNFINISHED = ".new-"
_DIGEST = re.compile(r"sha256:([0-9a-f]{64})")


class Place(Protocol):
    """Where sealed bytes lie: a folder, or a bucket of an object storage. Nothing there is ever written twice."""

    def holds(self, name: str) -> bool:
        """Whether there is something under this name."""
        ...

    def write(self, name: str, content: bytes) -> None:
        """Keep all of it or nothing; what is there already stays."""
        ...

    def read(self, name: str) -> bytes | None:
        """What lies under this name."""
        ...

    def remove(self, name: str) -> None:
        """Nothing lies there afterwards."""
        ...


class SealedBlobs:
    """Satisfies the Blobs port."""

    def __init__(self, place: Place, vault: Vault) -> None:
        self._place = place
        self._vault = vault

    def put(self, content: bytes) -> str:
        """Keep the bytes; a crash leaves all of them or nothing."""
        key = digest(content)
        name = _name(key)
        if not self._place.holds(name):
            self._place.write(name, self._vault.seal(content, context=f"blob:{key}"))
        return key

    def get(self, digest: str) -> bytes:
        """The bytes."""
        sealed = self._place.read(_name(digest))
        if sealed is None:
            raise LookupError("blob_missing")
        return self._vault.open(sealed, context=f"blob:{digest}")


class Folder:
    """A Place on this machine's disk, or on one that several machines mount."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def holds(self, name: str) -> bool:
        """Whether the file is there."""
        return (self._root / name).exists()

    def write(self, name: str, content: bytes) -> None:
        """Write beside, sync, rename, and sync the name too: a row that tells of it is written next."""
        place = self._root / name
        if not place.parent.exists():
            place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            _settle(self._root)
        handle, temporary = tempfile.mkstemp(dir=place.parent, prefix=_UNFINISHED)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            Path(temporary).replace(place)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
        _settle(place.parent)

    def read(self, name: str) -> bytes | None:
        """The file's bytes."""
        try:
            return (self._root / name).read_bytes()
        except FileNotFoundError:
            return None

    def remove(self, name: str) -> None:
        """The file is gone; twice is once."""
        (self._root / name).unlink(missing_ok=True)

    def clear_unfinished(self, *, before: datetime) -> int:
        """Remove what a crash left of files begun before then; how many. Looks at all of them: do it seldom."""
        gone = 0
        for left in self._root.glob(f"*/{_UNFINISHED}*"):
            with suppress(FileNotFoundError):  # another process was first, or it is finished by now
                if datetime.fromtimestamp(left.stat().st_mtime, UTC) < before:
                    left.unlink()
                    gone += 1
        return gone


def _settle(folder: Path) -> None:
    """What was named in a folder is there after the power failed."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _name(key: str) -> str:
    found = _DIGEST.fullmatch(key)
    if found is None:
        raise LookupError("digest_malformed")
    return f"{found.group(1)[:2]}/{found.group(1)}"
