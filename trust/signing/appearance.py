"""What a visible seal says: who, what it is, and when (Art. 19(4) and 21 ask for seal and date)."""

from datetime import datetime, timedelta, timezone

from trust.frozen import Frozen, Hidden
from trust.signing.profile import SealProfile

# One zone for the three territories: UTC+8 without summer time
LOCAL = timezone(timedelta(hours=8))

WORDS = {
    "zh-Hant": ("電子印章", "掃描以查驗"),
    "zh-Hans": ("电子印章", "扫描以查验"),
    "en": ("Electronic seal", "Scan to verify"),
    "pt": ("Selo eletrónico", "Digitalize para verificar"),
}


class Appearance(Frozen):
    """The lines of a seal."""

    agency: str
    words: str
    date: str
    hint: str
    link: str
    language: str
    image: Hidden[bytes] = b""  # PNG or JPEG


def compose(profile: SealProfile, at: datetime) -> Appearance:
    """The lines in the record's language."""
    words, hint = WORDS[profile.language]
    return Appearance(
        agency=profile.agency,
        words=words,
        date=_date(profile.language, at),
        hint=hint if profile.verification_url else "",
        link=profile.verification_url,
        language=profile.language,
        image=profile.image,
    )


def _date(language: str, at: datetime) -> str:
    local = at.astimezone(LOCAL)
    clock = f"{local:%H:%M:%S} UTC+8"
    if language.startswith("zh"):
        return f"{local.year}年{local.month}月{local.day}日 {clock}"
    if language == "pt":
        return f"{local:%d/%m/%Y} {clock}"
    return f"{local:%Y-%m-%d} {clock}"
