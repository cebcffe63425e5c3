"""What is issued for a visit: a chosen file or the agency's own record, under a key that names it."""

from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256

from deploy.sandbox.agency.documents import Record
from deploy.sandbox.agency.record import TITLE, printed

KIND = "business-registration"


def record_of(visit: Mapping[str, object], chosen: bytes, language: str) -> Record:
    """The record for this visit; without a chosen file, the one that this registry's system prints."""
    application = str(visit["application"])
    pdf = chosen or _own(visit)
    return Record(
        subject=str(visit["subject"]),
        title=TITLE,
        kind=KIND,
        language=language,
        application=application,
        pdf=pdf,
        filename=f"{application}.pdf",
        key=_key(application, language, pdf),
    )


def _own(visit: Mapping[str, object]) -> bytes:
    """The same bytes each time."""
    claims = visit["claims"]
    return printed(
        application=str(visit["application"]),
        subject=str(visit["subject"]),
        claims=claims if isinstance(claims, Mapping) else {},
        at=datetime.fromisoformat(str(visit["arrived_at"])),
    )


def _key(application: str, language: str, pdf: bytes) -> str:
    """Named by what is issued, so that a double tap or a try after silence is the same issue."""
    return sha256(f"{application} {language} ".encode() + sha256(pdf).digest()).hexdigest()
