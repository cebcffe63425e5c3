"""Records as lists and pages show them, in the reader's language where the agency has a name in it."""

from datetime import datetime

from gateway.frozen import Frozen, Hidden
from pwa.ports import PublicRecord, SealedRecord
from pwa.views.sign_in import in_language


class Listed(Frozen):
    id: str
    title: Hidden[str]
    agency: str
    issued_at: datetime
    sha256: str
    pages: int | None


class Public(Frozen):
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
