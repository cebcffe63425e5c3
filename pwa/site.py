"""What every page shares: its reader, its templates, its forms, and how an answer is made.

The pages that Flask carries ask here; those that say what they reply (`pwa.reply`) are given their `Visit`, and are
carried by Flask or by `pwa.front` alike.
"""

from collections.abc import Callable, Mapping

from flask import Response, g, request
from flask.ctx import AppContext
from flask.globals import request_ctx

from gateway.flows.sessions import SignedIn
from gateway.frozen import Frozen, Hidden
from pwa.catalogues import Catalogue
from pwa.cookies import Cookies
from pwa.errors import PageRefused
from pwa.locale import Language
from pwa.reader import Reader
from pwa.reply import Reply, leave
from pwa.settings import PwaSettings
from pwa.shell.assets import Assets
from pwa.typeset import Typeset
from pwa.visit import Fields, House, Visit


class Site(Frozen):
    """Made once by `app_shell`; the only thing kept a request is its visit, in Flask's `g`, which `context` opens."""

    house: House
    context: Callable[[], AppContext]
    assets: Assets
    typesets: Hidden[Mapping[Language, Typeset]]

    @property
    def settings(self) -> PwaSettings:
        return self.house.settings

    @property
    def catalogues(self) -> Mapping[Language, Catalogue]:
        return self.house.catalogues

    @property
    def cookies(self) -> Cookies:
        return self.house.cookies

    def visit(self) -> Visit:
        if "visit" not in g:
            g.visit = Visit(
                self.house, request.environ, page=_page_of(request.path), read_fields=lambda: Fields(request.form)
            )
        found: Visit = g.visit
        return found

    def reader(self) -> Reader:
        return self.visit().reader

    def say(self, text: str, **parameters: object) -> str:
        """`text` in the reader's language."""
        said = self.reader().catalogue.gettext(text)
        return said % parameters if parameters else said

    def show(
        self,
        visit: Visit,
        template: str,
        *,
        status: int = 200,
        context: Mapping[str, object] | None = None,
        **more: object,
    ) -> Reply:
        """A page in the reader's language."""
        typeset = self.typesets[visit.reader.language]
        with self.context() as opened:
            opened.g.visit = visit  # where templates and Flask-Babel find the reader
            text = typeset.get_template(f"pages/{template}").render({**(context or {}), **more})
        return Reply(status=status, body=text.encode())

    def page(
        self, template: str, *, status: int = 200, context: Mapping[str, object] | None = None, **more: object
    ) -> Response:
        return self.response(self.show(self.visit(), template, status=status, context=context, **more))

    def go(self, path: str) -> Response:
        return self.response(self.visit().go(path))

    def leave(self, url: str) -> Response:
        """To a region or an agency; `url` comes from a flow, never from the browser."""
        return self.response(leave(url))

    def response(self, reply: Reply) -> Response:
        """The same as Flask carries it."""
        return Response(reply.body, reply.status, list(reply.headers), content_type=reply.kind)

    def known_browser(self) -> bool:
        return self.visit().known_browser()

    def session(self) -> str | None:
        return self.visit().session

    def here(self) -> SignedIn | None:
        return self.visit().here()

    def session_lasts(self) -> int:
        return self.visit().session_lasts()

    def must_be_here(self) -> SignedIn:
        found = self.here()
        if found is None:
            raise PageRefused("sign_in_first", status=401)
        return found

    def form_token(self) -> str:
        return self.visit().form_token()

    def form(self) -> Fields:
        return self.visit().form()

    def finish(self, response: Response) -> Response:
        """The headers of every answer that Flask carries, and the browser's cookie if it is new."""
        for name, value in self.visit().closing(is_page=response.mimetype == "text/html"):
            response.headers.setdefault(name, value)
        response.headers.extend(self.visit().new_cookies())
        return response

    def leads_outside(self) -> None:
        self.visit().leads_outside()


def _page_of(path: str) -> str:
    """The path of the page that the reader sees: for a form, the nearest that can be fetched."""
    routes = request_ctx.url_adapter
    while request.method == "POST" and routes is not None and path and not routes.test(path, method="GET"):
        path = path.rpartition("/")[0]
    return path
