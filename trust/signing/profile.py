"""What a seal is to be: its level, its words, its place (EN 319 142-1 for the levels)."""

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """PAdES baseline levels."""

    B = "B-B"
    T = "B-T"
    LT = "B-LT"
    LTA = "B-LTA"


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


def objection(profile: SealProfile) -> str | None:
    """Why nothing can be sealed like this, or None."""
    if profile.language not in LANGUAGES:
        return "language_unknown"
    if not profile.agency.strip() or len(profile.agency) > 200:
        return "agency_name_unfit"
    if len(profile.reason) > 500 or len(profile.location) > 200 or len(profile.verification_url) > 500:
        return "seal_text_too_long"
    return None
