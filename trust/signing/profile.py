"""What a seal is to be: its level, its words, its place (EN 319 142-1 for the levels)."""

from enum import StrEnum

from trust.frozen import Frozen, Hidden


class Level(StrEnum):
    """PAdES baseline levels."""

    B = "B-B"
    T = "B-T"
    LT = "B-LT"
    LTA = "B-LTA"


LARGEST_IMAGE = 1_000_000  # bytes
IMAGES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")
LANGUAGES = ("zh-Hant", "zh-Hans", "en", "pt")


class SealProfile(Frozen):
    """How one document is to be sealed."""

    agency: str  # as it is to be read on the seal, in the record's language
    language: str = "zh-Hant"
    reason: str = ""
    location: str = ""
    level: Level = Level.LTA
    visible: bool = True
    page: int = -1  # counted from 0; -1 is the last
    verification_url: str = ""  # what the QR code leads to
    image: Hidden[bytes] = b""  # PNG or JPEG, beside the words of a visible seal
    approves: bool = False  # an approval signature: it certifies nothing, and others may sign after it
    permits: int = (
        1  # what a certification allows afterwards (ISO 32000-2 table 257): 1 nothing, 2 signing, 3 notes too
    )
    leaves: tuple[str, ...] = ()  # fields that a certification leaves for others to sign; needs `permits` above 1
    field: str = ""  # the signature field: one that waits to be signed, or the name of a new one


def objection(profile: SealProfile) -> str | None:
    """Why nothing can be sealed like this, or None."""
    if profile.language not in LANGUAGES:
        return "language_unknown"
    if not profile.agency.strip() or len(profile.agency) > 200 or not _is_one_line(profile.agency):
        return "agency_name_unfit"
    if len(profile.reason) > 500 or len(profile.location) > 200 or len(profile.verification_url) > 500:
        return "seal_text_too_long"
    if profile.image and (len(profile.image) > LARGEST_IMAGE or not profile.image.startswith(IMAGES)):
        return "seal_image_unfit"
    names = [name for name in (profile.field, *profile.leaves) if name or name in profile.leaves]
    if len(set(names)) < len(names) or not all(map(_is_name, names)) or (profile.leaves and profile.permits < 2):
        return "field_unfit"
    return None if profile.permits in (1, 2, 3) else "permission_unknown"


def _is_one_line(text: str) -> bool:
    """Another line, or one that is turned round, could show another date or another's name on the seal."""
    return text.replace("\u3000", " ").isprintable()


def _is_name(name: str) -> bool:
    """A field's partial name (ISO 32000-2 §12.7.4.2: no period)."""
    return 0 < len(name) <= 127 and "." not in name and name.isprintable()
