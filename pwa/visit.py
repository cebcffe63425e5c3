"""One request of a person's browser: who reads, which browser and session it is, and whether its form is ours.

Made of the WSGI environment alone, so that what holds for a page holds whether Flask carries it or `pwa.front` does.
What is found out is kept until the answer has gone.
"""

from collections.abc import Callable, Mapping
from functools import cached_property
from wsgiref.types import WSGIEnvironment

from werkzeug.datastructures import MultiDict
from werkzeug.wsgi import get_host

from gateway.flows.sessions import SignedIn
from gateway.frozen import Frozen, Hidden
from pwa import cookies as cookie_rules
from pwa import form_token, security_headers
from pwa.catalogues import Catalogue
from pwa.cookies import LANGUAGE, TEXT_SIZE, Cookies
from pwa.errors import PageRefused
from pwa.locale import Language
from pwa.reader import read
from pwa.reply import Reply, leave
from pwa.settings import PwaSettings

FORM_FIELD = "token"
LONGEST_AGENT = 400
# The session cookie and the browser cookie as sent -> who is signed in (`gateway.flows.sessions`).
WhoIsHere = Callable[[str | None, str | None], SignedIn | None]
Fields = MultiDict[str, str]


class House(Frozen):
    """What every visit finds the same."""

    settings: PwaSettings
    catalogues: Mapping[Language, Catalogue]
    cookies: Cookies
    current: Hidden[WhoIsHere]


class Visit:
    """`page` is the path that the reader sees: for a form, of the page that it stands on."""

    def __init__(self, house: House, environ: WSGIEnvironment, *, page: str, read_fields: Callable[[], Fields]) -> None:
        self._house = house
        self._environ = environ
        self._read_fields = read_fields
        self._asked_who = False
        self._targets: tuple[str, ...] = ()
        self.cookies = cookie_rules.read(environ.get("HTTP_COOKIE", ""))
        self.reader = read(
            path=page,
            query=environ.get("QUERY_STRING", "") if environ["REQUEST_METHOD"] == "GET" else "",
            accept_language=self.accept_language,
            choice=self.cookies.get(LANGUAGE),
            text_size=self.cookies.get(TEXT_SIZE),
            catalogues=house.catalogues,
        )

    @property
    def locale(self) -> str:
        """The language of the reader, as the flows name it."""
        return self.reader.language.code

    @cached_property
    def fields(self) -> Fields:
        """The form as it came."""
        return self._read_fields()

    @property
    def accept_language(self) -> str:
        wish: str = self._environ.get("HTTP_ACCEPT_LANGUAGE", "")
        return wish

    @property
    def accept(self) -> str | None:
        return self._environ.get("HTTP_ACCEPT")

    @property
    def incident(self) -> str | None:
        """The id that the rim gave this request."""
        return self._environ.get("gba.incident")

    @property
    def agent(self) -> str:
        """Some regions open their app by it (iAM Smart's getQR); it is not kept."""
        named: str = self._environ.get("HTTP_USER_AGENT", "")
        return named[:LONGEST_AGENT]

    def known_browser(self) -> bool:
        """Whether this browser has been here before."""
        return self._house.cookies.browser in self.cookies

    @cached_property
    def browser(self) -> str:
        """The browser's name; a new one, with its cookie, if it has none."""
        return self.cookies.get(self._house.cookies.browser) or cookie_rules.fresh()

    @property
    def session(self) -> str | None:
        """The session cookie as sent; whether it lives is for the flows to say."""
        return self.cookies.get(self._house.cookies.session)

    def here(self) -> SignedIn | None:
        """Who is signed in on this browser, or None."""
        self._asked_who = True
        return self._who

    def session_lasts(self) -> int:
        """Seconds until the session ends by itself; 0 where this page did not ask who is signed in."""
        found = self._who if self._asked_who else None
        return int(found.lasts.total_seconds()) if found is not None else 0

    def form_token(self) -> str:
        return form_token.token(self._house.settings.form_key, self.browser)

    def form(self) -> Fields:
        """The fields of a form of ours. Raises PageRefused when it is not ours or not this browser's."""
        sent = (("Origin", "HTTP_ORIGIN"), ("Sec-Fetch-Site", "HTTP_SEC_FETCH_SITE"))
        problem = form_token.objection(
            key=self._house.settings.form_key,
            browser=self.cookies.get(self._house.cookies.browser),
            offered=self.fields.get(FORM_FIELD, ""),
            headers={name: self._environ[key] for name, key in sent if key in self._environ},
            host=get_host(self._environ),
            origin=self._house.settings.origin,
        )
        if problem:
            raise PageRefused(problem, status=403)
        return self.fields

    def go(self, path: str) -> Reply:
        """On to a page of ours, in the reader's language."""
        return leave(self.reader.href(path))

    def leads_outside(self) -> None:
        """This page's forms may end at a region or at an agency."""
        self._targets = self._house.settings.form_targets

    def closing(self, *, is_page: bool) -> tuple[tuple[str, str], ...]:
        """What the answer carries unless it says otherwise itself."""
        return security_headers.closing(
            targets=self._targets,
            secure=self._house.settings.secure,
            language=self.reader.language.tag if is_page else None,
        )

    def new_cookies(self) -> tuple[tuple[str, str], ...]:
        """The browser's cookie, if its name is new."""
        if "browser" not in self.__dict__ or self.known_browser():
            return ()
        return (self._house.cookies.secret(self._house.cookies.browser, self.browser),)

    @cached_property
    def _who(self) -> SignedIn | None:
        return self._house.current(self.session, self.cookies.get(self._house.cookies.browser))
