"""What a seal is to be: its level, its words, its place (EN 319 142-1 for the levels)."""

from dataclasses import dataclass, field
from enum import StrEnum


class Level(StrEnum):
    """PAdES baseline levels."""

    B = "B-B"
    T = "B-T"
    LT = "B-LT"
    LTA = "B-LTA"


LARGEST_IMAGE = 1_000_000  # bytes
IMAGES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")
LANGUAGES = ("zh-Hant", "zh-Hans", "en", "pt")


@dataclass(frozen=True, slots=True, kw_only=True)
class SealProfile:
    """How one document is to be sealed."""

    agency: str  # as it is to be read on the seal, in the record's language
    language: str = "zh-Hant"
    reason: str = ""
    location: str = ""
    level: Level = Level.LTA
    visible: bool = True
    page: int = -1  # counted from 0; -1 is the last
    verification_url: str = ""  # what the QR code leads to
    image: bytes = field(default=b"", repr=False)  # PNG or JPEG, beside the words of a visible seal
    approves: bool = False  # an approval signature: it certifies nothing, and others may sign after it
    permits: int = (
        1  # what a certification allows afterwards (ISO 32000-2 table 257): 1 nothing, 2 signing, 3 notes too
    )
    field: str = ""  # the signature field: one that waits to be signed, or the name of a new one


def objection(profile: SealProfile) -> str | None:
    """Why nothing can be sealed like this, or None."""
    if profile.language not in LANGUAGES:
        return "language_unknown"
    if not profile.agency.strip() or len(profile.agency) > 200:
        return "agency_name_unfit"
    if len(profile.reason) > 500 or len(profile.location) > 200 or len(profile.verification_url) > 500:
        return "seal_text_too_long"
    if profile.image and (len(profile.image) > LARGEST_IMAGE or not profile.image.startswith(IMAGES)):
        return "seal_image_unfit"
    if len(profile.field) > 127 or "." in profile.field or not (profile.field + "a").isprintable():
        return "field_unfit"
    return None if profile.permits in (1, 2, 3) else "permission_unknown"
