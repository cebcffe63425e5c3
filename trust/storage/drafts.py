"""Documents that wait for a person's signature: beside the blobs, and each under its signing's own name.

Nobody else can come to hold what lies there, whatever bytes they keep. So it can be removed without asking anybody.
"""

from trust.documents.document import digest
from trust.storage.blobs import Place
from trust.storage.documents import Vault


class SealedDrafts:
    """Satisfies the Drafts port."""

    def __init__(self, place: Place, vault: Vault) -> None:
        self._place = place
        self._vault = vault

    def keep(self, signing_id: str, content: bytes) -> None:
        """Keep it; a crash leaves all of it or nothing."""
        self._place.write(_name(signing_id), self._vault.seal(content, context=_context(signing_id)))

    def get(self, signing_id: str) -> bytes | None:
        """The document, until it is forgotten."""
        sealed = self._place.read(_name(signing_id))
        return self._vault.open(sealed, context=_context(signing_id)) if sealed is not None else None

    def forget(self, signing_id: str) -> None:
        """It is gone afterwards."""
        self._place.remove(_name(signing_id))


def _name(signing_id: str) -> str:
    return f"drafts/{digest(signing_id.encode()).removeprefix('sha256:')}"


def _context(signing_id: str) -> str:
    return f"draft:{signing_id}"
