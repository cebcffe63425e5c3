"""What every page shares: its reader, its templates, its forms, and how an answer is made."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from flask import Response, g, make_response, redirect, render_template, request
from flask.globals import request_ctx

from gateway.flows.sessions import SignedIn
from pwa import cookies as cookie_rules
from pwa import form_token, security_headers
from pwa.catalogues import Catalogue
from pwa.cookies import LANGUAGE, TEXT_SIZE, Cookies
from pwa.locale import Language
from pwa.problems import PageRefused
from pwa.reader import Reader, read
from pwa.settings import PwaSettings
from pwa.shell.assets import Assets

FORM_FIELD = "token"
# The session cookie and the browser cookie as sent -> who is signed in (`gateway.flows.sessions`).
WhoIsHere = Callable[[str | None, str | None], SignedIn | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """Made once by `app_shell`; the only thing kept a request is in Flask's `g`, under names of this class."""

    settings: PwaSettings
    catalogues: Mapping[Language, Catalogue]
    assets: Assets
    cookies: Cookies
    current: WhoIsHere = field(repr=False)

    def reader(self) -> Reader:
        if "reader" not in g:
            g.reader = read(
                path=self._page_path(),
                query=request.query_string.decode("latin-1") if request.method == "GET" else "",
                accept_language=request.headers.get("Accept-Language", ""),
                choice=self.cookies.read(request, LANGUAGE),
                text_size=self.cookies.read(request, TEXT_SIZE),
                catalogues=self.catalogues,
            )
        reader: Reader = g.reader
        return reader

    def _page_path(self) -> str:
        """The path of the page that the reader sees: for a form, the nearest that can be fetched."""
        path, routes = request.path, request_ctx.url_adapter
        while request.method == "POST" and routes is not None and path and not routes.test(path, method="GET"):
            path = path.rpartition("/")[0]
        return path

    def gettext(self, text: str) -> str:
        return self.reader().catalogue.gettext(text)

    def ngettext(self, one: str, many: str, number: int) -> str:
        return self.reader().catalogue.ngettext(one, many, number)

    def say(self, text: str, **parameters: object) -> str:
        """`text` in the reader's language."""
        said = self.reader().catalogue.gettext(text)
        return said % parameters if parameters else said

    def page(
        self, template: str, *, status: int = 200, context: Mapping[str, object] | None = None, **more: object
    ) -> Response:
        return make_response(render_template(f"pages/{template}", **{**(context or {}), **more}), status)

    def go(self, path: str) -> Response:
        """See other (303): what follows a form is a GET."""
        return _response(redirect(self.reader().href(path), 303))

    def leave(self, url: str) -> Response:
        """To a region or an agency; `url` comes from a flow, never from the browser."""
        return _response(redirect(url, 303))

    def browser(self) -> str:
        """The browser's name; given a new one, with its cookie, if it has none."""
        if "browser" not in g:
            known = self.cookies.read(request, self.cookies.browser)
            g.new_browser = known is None
            g.browser = known or cookie_rules.fresh()
        name: str = g.browser
        return name

    def known_browser(self) -> bool:
        """Whether this browser has been here before."""
        return self.cookies.read(request, self.cookies.browser) is not None

    def session(self) -> str | None:
        """The session cookie as sent; whether it lives is for the flows to say."""
        return self.cookies.read(request, self.cookies.session)

    def here(self) -> SignedIn | None:
        """Who is signed in on this browser, or None."""
        if "here" not in g:
            g.here = self.current(self.session(), self.cookies.read(request, self.cookies.browser))
        found: SignedIn | None = g.here
        return found

    def session_lasts(self) -> int:
        """Seconds until the session ends by itself; 0 where this page did not ask who is signed in."""
        found: SignedIn | None = g.get("here")
        return int(found.lasts.total_seconds()) if found is not None else 0

    def must_be_here(self) -> SignedIn:
        found = self.here()
        if found is None:
            raise PageRefused("sign_in_first", status=401)
        return found

    def form_token(self) -> str:
        return form_token.token(self.settings.form_key, self.browser())

    def form(self) -> Mapping[str, str]:
        """The fields of a form of ours. Raises PageRefused when it is not ours or not this browser's."""
        problem = form_token.objection(
            key=self.settings.form_key,
            browser=self.cookies.read(request, self.cookies.browser),
            offered=request.form.get(FORM_FIELD, ""),
            headers=dict(request.headers),
            host=request.host,
            origin=self.settings.origin,
        )
        if problem:
            raise PageRefused(problem, status=403)
        return request.form

    def finish(self, response: Response) -> Response:
        """The headers of every answer, and the browser's cookie if it is new."""
        for name, value in security_headers.ALWAYS.items():
            response.headers.setdefault(name, value)
        response.headers.setdefault("Content-Security-Policy", security_headers.policy(g.get("form_targets", ())))
        response.headers.setdefault("Cache-Control", security_headers.PERSONAL)
        if self.settings.secure:
            response.headers.setdefault("Strict-Transport-Security", security_headers.HSTS)
        if response.mimetype == "text/html":
            response.headers.setdefault("Content-Language", self.reader().language.tag)
            response.vary.add("Accept-Language")
        if g.get("new_browser"):
            self.cookies.set_secret(response, self.cookies.browser, self.browser())
        return response

    def leads_outside(self) -> None:
        """This page's forms may end at a region or at an agency."""
        g.form_targets = self.settings.form_targets


def _response(answer: object) -> Response:
    assert isinstance(answer, Response)
    return answer
