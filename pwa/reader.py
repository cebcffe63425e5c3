"""Who reads: the language, the text size and the page they are on, found once a request."""

from collections.abc import Mapping
from urllib.parse import urlencode

from gateway.frozen import Frozen
from pwa.catalogues import Catalogue
from pwa.locale import BY_CODE, LANGUAGES, Language, negotiate, with_local_words

LARGE = "large"


class Reader(Frozen):
    catalogue: Catalogue
    large: bool
    place: str  # the path without its language, and its query: what a switch of language keeps

    @property
    def language(self) -> Language:
        return self.catalogue.language

    def href(self, path: str) -> str:
        """A page of the site in this reader's language."""
        return f"/{self.language.code}{path}"


def read(
    *,
    path: str,
    query: str,
    accept_language: str,
    choice: str | None,
    text_size: str | None,
    catalogues: Mapping[Language, Catalogue],
) -> Reader:
    """The prefix of the path decides; without one, the explicit choice, then the header."""
    prefix, _, rest = path.lstrip("/").partition("/")
    spoken = BY_CODE.get(prefix)
    place = f"/{rest}" if spoken else "/"
    language = with_local_words(spoken or negotiate(accept_language, choice), accept_language)
    return Reader(
        catalogue=catalogues[language],
        large=text_size == LARGE,
        place=f"{place}?{query}" if query and spoken else place,
    )


def switches(place: str) -> tuple[tuple[Language, str], ...]:
    """For each language, the address that remembers the choice and goes on to the same place."""
    return tuple((language, f"/{language.code}/choose?" + urlencode({"to": place})) for language in LANGUAGES)


def own_place(to: str) -> str:
    """A place on this site, or its first page: never another host, whatever is asked."""
    harmless = to.startswith("/") and not to.startswith("//") and "\\" not in to and to.isprintable()
    return to if harmless and len(to) <= 2000 else "/"
