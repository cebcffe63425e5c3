"""Where answers of authorities are kept that a report rests on: with the documents, opened when first needed."""

from typing import TYPE_CHECKING

from deploy.settings import Settings
from trust.custody.key_store import KeyStore
from trust.documents.document import digest

if TYPE_CHECKING:
    from trust.ports.documents import Blobs

MOST_REMEMBERED = 4096


class KeptAnswers:
    """Satisfies the Blobs port; a command that asks nobody never loads what keeping takes."""

    def __init__(self, settings: Settings, keys: KeyStore) -> None:
        self._settings = settings
        self._keys = keys
        self._opened: Blobs | None = None
        self._lately: set[str] = set()  # the same answers serve many files, and their place may be far away

    def put(self, content: bytes) -> str:
        """Keep an answer under its digest."""
        name = digest(content)
        if name not in self._lately:
            self._blobs().put(content)
            if len(self._lately) >= MOST_REMEMBERED:
                self._lately.clear()
            self._lately.add(name)
        return name

    def get(self, digest: str) -> bytes:
        """An answer; raises LookupError where there is none."""
        return self._blobs().get(digest)

    def _blobs(self) -> "Blobs":
        if self._opened is None:
            from deploy.composing.documents_place import documents_place  # noqa: PLC0415 - see above
            from trust.custody.vault import Vault  # noqa: PLC0415
            from trust.storage.blobs import SealedBlobs  # noqa: PLC0415

            self._opened = SealedBlobs(documents_place(self._settings), Vault(self._keys))
        return self._opened
