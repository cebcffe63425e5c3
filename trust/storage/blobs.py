"""Bytes in a folder, each under its digest, encrypted at rest: documents are personal data."""

import os
import re
import tempfile
from pathlib import Path

from trust.documents.document import digest
from trust.storage.documents import Vault

_DIGEST = re.compile(r"sha256:([0-9a-f]{64})")


class FolderBlobs:
    """Satisfies the Blobs port."""

    def __init__(self, folder: Path, vault: Vault) -> None:
        self._folder = folder
        self._vault = vault

    def put(self, content: bytes) -> str:
        """Keep the bytes; a crash leaves all of them or nothing."""
        name = digest(content)
        place = self._place(name)
        if place.exists():
            return name
        place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle, temporary = tempfile.mkstemp(dir=place.parent, prefix=".new-")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(self._vault.seal(content, context=f"blob:{name}"))
                file.flush()
                os.fsync(file.fileno())
            Path(temporary).replace(place)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
        return name

    def get(self, digest: str) -> bytes:
        """The bytes."""
        try:
            sealed = self._place(digest).read_bytes()
        except FileNotFoundError:
            raise LookupError("blob_missing") from None
        return self._vault.open(sealed, context=f"blob:{digest}")

    def _place(self, name: str) -> Path:
        found = _DIGEST.fullmatch(name)
        if found is None:
            raise LookupError("digest_malformed")
        return self._folder / found.group(1)[:2] / found.group(1)
