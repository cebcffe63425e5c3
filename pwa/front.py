"""The pages of a sign-in ahead of Flask's request machinery: the same views, templates, headers and problems.

What is carried here is exactly a GET of such a page, and a form of it as browsers send it. Everything else about the
same addresses (other methods, other bodies, odd paths) goes on to Flask, which has them too.
"""

from collections.abc import Container, Iterable
from functools import partial
from http import HTTPStatus
from urllib.parse import unquote_plus
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from gateway.frozen import Frozen
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
        listed = tuple(addresses)
        pages = {tuple(address.path.split("/")) for address in listed if address.method == "GET"}
        self._addresses: dict[tuple[str, int], list[_Segments]] = {}
        for address in listed:
            taken_apart = _Segments.of(address, pages)
            self._addresses.setdefault((address.method, taken_apart.count), []).append(taken_apart)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        method, path = environ["REQUEST_METHOD"], environ.get("PATH_INFO", "")
        _, language, *segments = path.split("/") if path.count("/") > 1 and path.isascii() else ("", "")
        found = self._find(method, segments) if language in BY_CODE else None
        if found is None or (method == "POST" and not _is_form(environ)):
            return self.behind(environ, start_response)
        page = "/".join(("", language, *segments[: found.of_page]))
        visit = Visit(self._site.house, environ, page=page, read_fields=partial(_fields, environ))
        try:
            reply = found.view(visit, **found.captured(segments))
        except Exception as error:
            reply = problems.reply(self._site, visit, error)
        start_response(STATUS_LINES[reply.status], _headers(reply, visit))
        return (reply.body,)

    def _find(self, method: str, segments: list[str]) -> "_Segments | None":
        for address in self._addresses.get((method, len(segments)), ()):
            if address.fits(segments):
                return address
        return None


class _Segments(Frozen):
    """An address taken apart: which of its segments are words, and which stand for a value of that name."""

    count: int
    of_page: int  # how many of them make the address of the page that the reader sees
    words: tuple[tuple[int, str], ...]
    values: tuple[tuple[int, str], ...]
    view: View

    @classmethod
    def of(cls, address: Address, pages: Container[tuple[str, ...]]) -> "_Segments":
        """A form's page is the nearest above it that can be fetched."""
        whole = tuple(address.path.split("/"))
        segments = list(enumerate(whole[1:]))
        return cls(
            count=len(segments),
            of_page=next((many for many in range(len(segments), 0, -1) if whole[: many + 1] in pages), 0),
            words=tuple((place, segment) for place, segment in segments if not segment.startswith("<")),
            values=tuple((place, segment[1:-1]) for place, segment in segments if segment.startswith("<")),
            view=address.view,
        )

    def fits(self, segments: list[str]) -> bool:
        """Whether as many segments lead here; a value is never empty."""
        for place, word in self.words:
            if segments[place] != word:
                return False
        return all(segments[place] for place, _ in self.values)

    def captured(self, segments: list[str]) -> dict[str, str]:
        return {name: segments[place] for place, name in self.values}


def _is_form(environ: WSGIEnvironment) -> bool:
    length = environ.get("CONTENT_LENGTH") or ""
    short = length.isascii() and length.isdigit() and len(length) < 6 and int(length) <= LONGEST_FORM
    return short and environ.get("CONTENT_TYPE", "").partition(";")[0].strip().lower() == URLENCODED


def _fields(environ: WSGIEnvironment) -> Fields:
    length = int(environ["CONTENT_LENGTH"])
    body: bytes = environ["wsgi.input"].read(length)
    if len(body) < length:
        raise PageRefused("malformed_request", status=400)
    fields = body.decode("utf-8", "replace").split("&")
    if len(fields) > MOST_FIELDS:
        raise PageRefused("malformed_request", status=400)
    pairs = [field.partition("=") for field in fields if field]
    return Fields([(_unquoted(name), _unquoted(value)) for name, _, value in pairs])


def _unquoted(text: str) -> str:
    """As a form writes it; most names and values are written as they are."""
    return unquote_plus(text) if "%" in text or "+" in text else text


def _headers(reply: Reply, visit: Visit) -> list[tuple[str, str]]:
    closing = visit.closing(is_page=reply.is_page)
    if reply.headers:
        own = {name for name, _ in reply.headers}
        closing = tuple([pair for pair in closing if pair[0] not in own])
    return [
        ("Content-Type", reply.kind),
        ("Content-Length", str(len(reply.body))),
        *reply.headers,
        *closing,
        *visit.new_cookies(),
    ]
