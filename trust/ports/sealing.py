"""What sealing a document needs: a key holder, a timestamp authority, revocation data, and a writer of PDFs."""

from datetime import datetime
from typing import Protocol

from trust.frozen import Frozen, Hidden
from trust.signing.profile import SealProfile
from trust.signing.standards import Standing


class SigningDevice(Protocol):
    """Holds a private key; only digests reach it (iAM Smart, a token, or our own seal)."""

    @property
    def chain(self) -> tuple[bytes, ...]:
        """Its certificate and those above it, leaf first, DER."""
        ...

    @property
    def signature_algorithm(self) -> str:
        """`sha256_ecdsa`, `sha256_rsa` or `ed25519`."""
        ...

    def sign(self, digest: bytes) -> bytes:
        """The signature value over a SHA-256 digest; with Ed25519, which hashes by itself, over the attributes."""
        ...


class TimestampAuthority(Protocol):
    """Testifies that a digest existed (RFC 3161)."""

    def stamp(self, digest: bytes) -> bytes:
        """A token over a SHA-256 digest, checked against what was asked; raises StampUnavailable."""
        ...


class Evidence(Frozen):
    """What long-term validation needs inside the file: DER each, in a steady order."""

    certificates: Hidden[tuple[bytes, ...]] = ()
    ocsps: Hidden[tuple[bytes, ...]] = ()
    crls: Hidden[tuple[bytes, ...]] = ()


class RevocationSource(Protocol):
    """Gathers proof that certificates stood when they were used."""

    def collect(self, chains: tuple[tuple[bytes, ...], ...]) -> Evidence:
        """Certificates, OCSP answers and CRLs for these chains (leaf first); raises EvidenceUnavailable."""
        ...


class Prepared(Protocol):
    """A document with a hole in it, and what is to be signed so that the hole may be filled."""

    @property
    def digest(self) -> bytes:
        """What the key holder signs, or the authority stamps."""
        ...

    @property
    def normalised(self) -> bool:
        """Whether the document was rewritten first, because its structure did not hold."""
        ...

    @property
    def active(self) -> tuple[str, ...]:
        """Findings about content that acts."""
        ...

    @property
    def standards(self) -> tuple[Standing, ...]:
        """What the seal does to the archive and access standards that the document claims."""
        ...


class Reserved(Frozen):
    """A document that waits for a whole signed message which is made elsewhere; it can be kept for days."""

    content: Hidden[bytes]
    hole: tuple[int, int]  # where the message goes
    digest: bytes  # SHA-256 of everything outside the hole: what leaves


class PdfSealer(Protocol):
    """Writes seals into PDFs, in steps, so that whoever holds the key need never see the document."""

    def prepare(self, pdf: bytes, profile: SealProfile, device: SigningDevice, *, at: datetime) -> Prepared:
        """The document with a reserved place; raises DocumentRefused."""
        ...

    def embed(self, prepared: Prepared, signature: bytes, token: bytes | None) -> bytes:
        """The signed document: B-B, or B-T with a token over the signature value."""
        ...

    def prepare_archive(self, prepared: Prepared, evidence: Evidence) -> Prepared:
        """The signed document with evidence, and a place for the archive timestamp."""
        ...

    def add_evidence(self, prepared: Prepared, evidence: Evidence) -> bytes:
        """The signed document with evidence and no archive timestamp: B-LT."""
        ...

    def finish(self, prepared: Prepared, token: bytes) -> bytes:
        """The document with its archive timestamp: B-LTA."""
        ...

    def stamp_chain(self, token: bytes) -> tuple[bytes, ...]:
        """The certificates that a token carries, its signer's first."""
        ...
