"""Put a person's signed message into its document, look at it where no key is, and make it last."""

from collections.abc import Callable

from trust.errors import SigningFailed
from trust.frozen import Frozen
from trust.ports.person_signing import SignatureCheck, TwoStepWriter
from trust.ports.sealing import Evidence, Reserved, RevocationSource, TimestampAuthority


class CompleteSignature(Frozen):
    """The signed document, with timestamps, evidence and an archive timestamp."""

    writer: TwoStepWriter
    check: SignatureCheck
    stamps: TimestampAuthority
    revocation: RevocationSource
    complete: Callable[[tuple[bytes, ...]], tuple[bytes, ...]]  # a chain up to an authority that is known here

    def __call__(self, reserved: Reserved, message: bytes) -> bytes:
        """Raises SigningFailed, StampUnavailable or EvidenceUnavailable."""
        signed = self.writer.place(reserved, message)
        if problem := self.check(signed):
            raise SigningFailed(problem)
        chain = self.writer.stamp_chain(message)
        # the message is not ours to put a timestamp into, so the first one stands over the document (B-T)
        stamped = self.writer.prepare_archive(self.writer.reopen(signed), Evidence())
        token = self.stamps.stamp(stamped.digest)
        self.writer.finish(stamped, token)
        chains = (self.complete(chain), self.complete(self.writer.stamp_chain(token)))
        archive = self.writer.prepare_archive(stamped, self.revocation.collect(chains))
        return self.writer.finish(archive, self.stamps.stamp(archive.digest))
