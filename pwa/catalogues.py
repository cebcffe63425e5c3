"""The texts of each language, read once at the start and looked up in a dict (24 µs a string otherwise).

gettext's own fallback goes from zh_Hant_HK to zh and never to a script, so a Hong Kong reader could get Simplified
texts. There is no bare zh here, every language must find its own catalogue, and Macau's words are merged over Hong
Kong's by this module.
"""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

from babel.messages.pofile import read_po

from gateway.frozen import Frozen
from pwa.locale import ENGLISH, LANGUAGES, MACAU, Language


def marked(text: str) -> str:
    """A text for the catalogues that is written down in one place and translated in another."""
    return text


class Catalogue(Frozen, kw_only=False):
    """What one language says. A text without translation is said in English, which the guards do not let happen."""

    language: Language
    singles: Mapping[str, str]
    plurals: Mapping[str, tuple[str, ...]]

    def gettext(self, text: str) -> str:
        return self.singles.get(text, text)

    def ngettext(self, one: str, many: str, number: int) -> str:
        forms = self.plurals.get(one, (one, many))
        # Chinese has one form; English and European Portuguese take the first for exactly one.
        return forms[0] if number == 1 or len(forms) == 1 else forms[1]


class CatalogueMissing(Exception):
    """A language is offered and its texts are not there."""


@lru_cache(maxsize=2)
def load(translations: Path) -> Mapping[Language, Catalogue]:
    """The catalogue of every language, Macau's included; a folder is read once in a process, 70 ms of it.

    Raises CatalogueMissing rather than serving another's.
    """
    return MappingProxyType({language: _catalogue(translations, language) for language in (*LANGUAGES, MACAU)})


def _catalogue(translations: Path, language: Language) -> Catalogue:
    singles: dict[str, str] = {}
    plurals: dict[str, tuple[str, ...]] = {}
    for name in (language.catalogue, language.overlay):
        if name is None:
            continue
        path = translations / name / "LC_MESSAGES" / "messages.po"
        if not path.is_file():
            raise CatalogueMissing(name)
        with path.open("rb") as file:
            for message in read_po(file, locale=name):
                _put(message.id, message.string, singles, plurals)
    if language is not ENGLISH and not singles:
        raise CatalogueMissing(language.catalogue)
    return Catalogue(language, singles, plurals)


def _put(source: object, said: object, singles: dict[str, str], plurals: dict[str, tuple[str, ...]]) -> None:
    if isinstance(source, str) and source and isinstance(said, str) and said:
        singles[source] = said
    elif isinstance(source, list | tuple) and isinstance(said, list | tuple) and all(said):
        plurals[str(source[0])] = tuple(str(form) for form in said)
