"""What printed papers share: how a language is named to a typesetter, local times, and their templates."""

from datetime import UTC, datetime
from functools import lru_cache
from importlib.resources import files

from trust.signing.appearance import LOCAL
from trust.validation.sentences import LANGUAGES

# language → how typst names it and the region whose forms of the characters are used
CODES = {"zh-Hant": ("zh", "hk"), "zh-Hans": ("zh", "cn"), "en": ("en", "gb"), "pt": ("pt", "mo")}
UNKNOWN = CODES["en"]


def known(language: str) -> str:
    """The language; English where it is none of ours."""
    return language if language in LANGUAGES else "en"


def moment(text: str) -> datetime | None:
    """An instant in UTC; None where the text is none."""
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except ValueError:
        return None


def local(text: str) -> str:
    """An instant as people here read it; the text itself where it is none."""
    found = moment(text)
    return f"{found.astimezone(LOCAL):%Y-%m-%d %H:%M:%S} UTC+8" if found else text


@lru_cache(maxsize=8)
def template(name: str) -> bytes:
    """A template of this package."""
    return (files("trust.pades") / name).read_bytes()
