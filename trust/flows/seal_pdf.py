"""Seal a PDF: prepare, sign, stamp, gather evidence, stamp again."""

import hashlib
from collections.abc import Callable
from datetime import datetime

from trust.documents.document import digest
from trust.frozen import Frozen, Hidden
from trust.ports import Clock
from trust.ports.sealing import PdfSealer, Prepared, RevocationSource, SigningDevice, TimestampAuthority
from trust.signing.profile import Level, SealProfile
from trust.signing.standards import Standing


class SealedPdf(Frozen):
    """A sealed document and what is known about how it was made."""

    content: Hidden[bytes]
    level: Level
    sealed_at: datetime
    received_digest: str
    digest: str
    normalised: bool  # rewritten before it was sealed, because its structure did not hold
    active: tuple[str, ...]  # findings about content that acts
    standards: tuple[Standing, ...] = ()  # of PDF/A and PDF/UA as far as the document claims them


class SealPdf(Frozen):
    """Seals with the device in use and one set of authorities."""

    sealer: PdfSealer
    device: Callable[[], SigningDevice]  # asked once a seal: the key before may have been relieved since
    stamps: TimestampAuthority
    revocation: RevocationSource
    clock: Clock

    def __call__(self, pdf: bytes, profile: SealProfile) -> SealedPdf:
        """The sealed document. Raises DocumentRefused, KeyUnavailable, StampUnavailable or EvidenceUnavailable."""
        at, device = self.clock(), self.device()
        draft = self.sealer.prepare(pdf, profile, device, at=at)
        signature = device.sign(draft.digest)
        content = self._raise_to(profile.level, draft, signature, device.chain)
        return SealedPdf(
            content=content,
            level=profile.level,
            sealed_at=at,
            received_digest=digest(pdf),
            digest=digest(content),
            normalised=draft.normalised,
            active=draft.active,
            standards=draft.standards,
        )

    def _raise_to(self, level: Level, draft: Prepared, signature: bytes, chain: tuple[bytes, ...]) -> bytes:
        if level is Level.B:
            return self.sealer.embed(draft, signature, None)
        token = self.stamps.stamp(hashlib.sha256(signature).digest())
        signed = self.sealer.embed(draft, signature, token)
        if level is Level.T:
            return signed
        evidence = self.revocation.collect((chain, self.sealer.stamp_chain(token)))
        if level is Level.LT:
            return self.sealer.add_evidence(draft, evidence)
        archived = self.sealer.prepare_archive(draft, evidence)
        return self.sealer.finish(archived, self.stamps.stamp(archived.digest))
