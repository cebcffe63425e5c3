"""The pages of a sign-in ahead of Flask's request machinery: the same views, templates, headers and problems.

What is carried here is exactly a GET of such a page, and a form of it as browsers send it. Everything else about the
same addresses (other methods, other bodies, odd paths) goes on to Flask, which has them too.
"""

from collections.abc import Iterable, Mapping
from functools import partial
from http import HTTPStatus
from urllib.parse import parse_qsl
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from pwa import problems
from pwa.address import Address, View
from pwa.errors import PageRefused
from pwa.locale import BY_CODE
from pwa.reply import Reply
from pwa.site import Site
from pwa.visit import Fields, Visit

URLENCODED = "application/x-www-form-urlencoded"
LONGEST_FORM = 16_384
MOST_FIELDS = 100
STATUS_LINES = {status.value: f"{status.value} {status.phrase}" for status in HTTPStatus}


class Front:
    """A WSGI application before another."""

    def __init__(self, behind: WSGIApplication, *, site: Site, addresses: Iterable[Address]) -> None:
        self.behind = behind
        self._site = site
        self._views = tuple((address.method, address.path.split("/")[1:], address.view) for address in addresses)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        _, language, *segments = path.split("/") if path.count("/") > 1 and path.isascii() else ("", "")
        found = self._find(environ["REQUEST_METHOD"], segments) if language in BY_CODE else None
        if found is None or (environ["REQUEST_METHOD"] == "POST" and not _is_form(environ)):
            return self.behind(environ, start_response)
        view, captured = found
        page = "/".join(("", language, *self._page(environ["REQUEST_METHOD"], segments)))
        visit = Visit(self._site.house, environ, page=page, read_fields=partial(_fields, environ))
        try:
            reply = view(visit, **captured)
        except Exception as error:
            reply = problems.reply(self._site, visit, error)
        start_response(STATUS_LINES[reply.status], _headers(reply, visit))
        return (reply.body,)

    def _find(self, method: str, segments: list[str]) -> tuple[View, Mapping[str, str]] | None:
        for takes, pattern, view in self._views:
            if takes == method and len(pattern) == len(segments):
                pairs = list(zip(pattern, segments, strict=True))
                if all(wanted == given or (wanted.startswith("<") and given) for wanted, given in pairs):
                    return view, {wanted[1:-1]: given for wanted, given in pairs if wanted.startswith("<")}
        return None

    def _page(self, method: str, segments: list[str]) -> list[str]:
        """Of the page that the reader sees: for a form, the nearest that can be fetched."""
        while method == "POST" and segments and self._find("GET", segments) is None:
            segments = segments[:-1]
        return segments


def _is_form(environ: WSGIEnvironment) -> bool:
    length = environ.get("CONTENT_LENGTH") or ""
    short = length.isascii() and length.isdigit() and len(length) < 6 and int(length) <= LONGEST_FORM
    return short and environ.get("CONTENT_TYPE", "").partition(";")[0].strip().lower() == URLENCODED


def _fields(environ: WSGIEnvironment) -> Fields:
    length = int(environ["CONTENT_LENGTH"])
    body: bytes = environ["wsgi.input"].read(length)
    if len(body) < length:
        raise PageRefused("malformed_request", status=400)
    try:
        return Fields(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=MOST_FIELDS))
    except ValueError:
        raise PageRefused("malformed_request", status=400) from None


def _headers(reply: Reply, visit: Visit) -> list[tuple[str, str]]:
    own = {name for name, _ in reply.headers}
    closing = visit.closing(is_page=reply.is_page)
    return [
        ("Content-Type", reply.kind),
        ("Content-Length", str(len(reply.body))),
        *reply.headers,
        *(pair for pair in closing if pair[0] not in own),
        *visit.new_cookies(),
    ]
