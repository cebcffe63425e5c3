"""Whom we trust, frozen and named: every verdict cites the snapshot it rests on."""

import hashlib
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchor:
    """A root that a territory's list names, or that somebody gave by hand."""

    territory: str  # HK, MO, CN-44, or empty for one given by hand
    entry: str  # its name in the list
    certificate: bytes = field(repr=False)  # DER

    @property
    def digest(self) -> str:
        """Of the certificate."""
        return hashlib.sha256(self.certificate).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """An unchangeable set of anchors."""

    anchors: tuple[Anchor, ...]

    @property
    def id(self) -> str:
        """The same for the same anchors, whatever their order."""
        lines = sorted(f"{anchor.territory}|{anchor.entry}|{anchor.digest}" for anchor in self.anchors)
        return "sha256:" + hashlib.sha256("\n".join(lines).encode()).hexdigest()

    def of(self, certificate: bytes) -> Anchor | None:
        """The anchor that this certificate is."""
        return next((anchor for anchor in self.anchors if anchor.certificate == certificate), None)
