"""Where answers of authorities are kept that a report rests on: with the documents, opened when first needed."""

from deploy.settings import Settings
from trust.custody.key_store import KeyStore
from trust.ports.documents import Blobs


class KeptAnswers:
    """Satisfies the Blobs port; a command that asks nobody never loads what keeping takes."""

    def __init__(self, settings: Settings, keys: KeyStore) -> None:
        self._settings = settings
        self._keys = keys
        self._opened: Blobs | None = None

    def put(self, content: bytes) -> str:
        """Keep an answer under its digest."""
        return self._blobs().put(content)

    def get(self, digest: str) -> bytes:
        """An answer; raises LookupError where there is none."""
        return self._blobs().get(digest)

    def _blobs(self) -> Blobs:
        if self._opened is None:
            from deploy.composing.documents_place import documents_place  # noqa: PLC0415 - see above
            from trust.custody.vault import Vault  # noqa: PLC0415
            from trust.storage.blobs import SealedBlobs  # noqa: PLC0415

            self._opened = SealedBlobs(documents_place(self._settings), Vault(self._keys))
        return self._opened
