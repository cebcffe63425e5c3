"""What the pages need of documents and verification; `deploy` supplies it from trust's flows."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedRecord:
    """A record that an agency issued for a person, as its list and its page show it."""

    id: str
    title: str = field(repr=False)
    agency: Mapping[str, str]  # the agency's name by language
    issued_at: datetime  # when it was sealed
    sha256: str
    pages: int | None
    code: str  # of the public page /v/{code}


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicRecord:
    """What anybody may know who holds the code: that it exists, whose it is to vouch for, and its fingerprint."""

    agency: Mapping[str, str]
    issued_at: datetime
    sha256: str


class Documents(Protocol):
    def of(self, account: str) -> tuple[SealedRecord, ...]:
        """Sealed records of this person, newest first."""
        ...

    def find(self, account: str, document: str) -> SealedRecord | None:
        """None as well when it belongs to somebody else."""
        ...

    def content(self, account: str, document: str) -> bytes | None:
        """The sealed PDF."""
        ...

    def by_code(self, code: str) -> PublicRecord | None:
        """By the verification code printed on the record."""
        ...


class Verification(Protocol):
    def report(self, name: str, pdf: bytes) -> Mapping[str, object]:
        """The report of one file, as `gba verify --json` prints it. Never raises for what the file holds."""
        ...

    def report_pdf(self, report: Mapping[str, object], language: str) -> bytes:
        """The same in words, as a PDF."""
        ...

    def sentence(self, reason: str, language: str) -> str:
        """What a reason means, in words."""
        ...


class Receipts(Protocol):
    def pdf(self, receipt: bytes, language: str) -> bytes:
        """A consent's receipt as a sealed PDF with its signed JSON attached."""
        ...
