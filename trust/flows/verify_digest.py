"""Verify a signature by the digest of what it signs: the document stays where it is."""

from collections.abc import Mapping
from datetime import datetime

from trust.flows.verify_document import VerifyDocument
from trust.frozen import Frozen
from trust.ports.reading import DetachedReader
from trust.validation.report import Report


class VerifyDigest(Frozen):
    """Verifies detached signatures as `verify` does those inside documents."""

    reader: DetachedReader
    verify: VerifyDocument

    def __call__(
        self, message: bytes, digests: Mapping[str, bytes], *, name: str = "", at: datetime | None = None
    ) -> Report:
        """The report; that the digests are the document's is the asker's word, and the report says so."""
        return self.verify.judged(self.reader.read_detached(message, digests), name=name, at=at)
