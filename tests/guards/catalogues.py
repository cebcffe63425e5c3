"""The texts of the pages, as the sources mark them and as the catalogues say them."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from babel.messages.catalog import Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from pwa.locale import LANGUAGES, MACAU
from tests.guards.tree import ROOT

TRANSLATIONS = ROOT / "translations"
TRANSLATED = tuple(language.catalogue for language in LANGUAGES if language.catalogue != "en")
KEYWORDS: Mapping[str, None] = {"_": None, "gettext": None, "marked": None, "say": None}


@cache
def marked() -> frozenset[str]:
    """Every text that a source marks for translation."""
    found = extract_from_dir(
        ROOT / "pwa",
        method_map=[("**.py", "python"), ("templates/**.html", "jinja2")],
        options_map={"templates/**.html": {"trimmed": "true", "newstyle_gettext": "true"}},
        keywords=KEYWORDS,
    )
    return frozenset(text for _, _, text, _, _ in found if isinstance(text, str))


@cache
def said(catalogue: str) -> Mapping[str, str]:
    """Source text to translation, without the heading."""
    return _read(TRANSLATIONS / catalogue / "LC_MESSAGES" / "messages.po", catalogue)


def to_say() -> frozenset[str]:
    """Every text of the template from which a catalogue of another language begins."""
    return frozenset(_read(TRANSLATIONS / "messages.pot", None))


def _read(path: Path, locale: str | None) -> Mapping[str, str]:
    with path.open("rb") as file:
        messages: list[Message] = list(read_po(file, locale=locale))
    return {str(message.id): str(message.string) for message in messages if message.id}


ALL = (*TRANSLATED, MACAU.overlay or "")
