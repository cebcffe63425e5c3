"""Reads a signature that comes without its document: a message, and the digests of what it is said to sign.

That the digests are those of a document is the asker's word; everything else is looked at as in a PDF.
"""

from collections.abc import Mapping

from trust.pades import cms_reader
from trust.pades.content import Content
from trust.validation.facts import CmsFacts, FileFacts, SignatureFacts

NOT_SUPPLIED = "digest_not_supplied"


class SuppliedDigests(Content):
    """Content of which only digests are known; notes when another one was asked for."""

    def __init__(self, digests: Mapping[str, bytes]) -> None:
        super().__init__()
        self._supplied = digests
        self.missed = False

    def digest(self, algorithm: str) -> bytes:
        """The digest that was supplied; nothing is like the empty one."""
        found = self._supplied.get(algorithm, b"")
        self.missed = self.missed or not found
        return found


def read(message: bytes, digests: Mapping[str, bytes]) -> FileFacts:
    """The facts about a signature over these digests."""
    content = SuppliedDigests(digests)
    cms = cms_reader.read(message, content, "")
    if content.missed:
        cms = CmsFacts(problem=NOT_SUPPLIED)
    signature = SignatureFacts(
        field_name="", cms=cms, digest_only=True, revision=1, claimed_at=cms.claimed_at, end=len(message)
    )
    return FileFacts(sha256=digests.get("sha256", b"").hex(), size=0, signatures=(signature,), digest_only=True)
