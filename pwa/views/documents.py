"""Records as lists and pages show them, in the reader's language where the agency has a name in it."""

from dataclasses import dataclass, field
from datetime import datetime

from pwa.ports import PublicRecord, SealedRecord
from pwa.views.sign_in import in_language


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    id: str
    title: str = field(repr=False)
    agency: str
    issued_at: datetime
    sha256: str
    pages: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Public:
    agency: str
    issued_at: datetime
    sha256: str


def listed(record: SealedRecord, language: str) -> Listed:
    return Listed(
        id=record.id,
        title=record.title,
        agency=in_language(record.agency, language),
        issued_at=record.issued_at,
        sha256=record.sha256,
        pages=record.pages,
    )


def public(record: PublicRecord, language: str) -> Public:
    return Public(agency=in_language(record.agency, language), issued_at=record.issued_at, sha256=record.sha256)
