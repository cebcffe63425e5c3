"""The machine rim: plain handlers ahead of Flask. WSGI in, WSGI out, and the rules that hold for every answer.

A path with a handler is answered here; every other path goes on to the pages. Each request has an incident id, under
which it is found in the logs and which every refusal tells.
"""

import io
import logging
import os
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager, nullcontext
from enum import IntEnum
from http import HTTPStatus
from typing import Any, Protocol
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

import orjson

from deploy.request_headers import RequestHeaders
from deploy.serving.outgoing import FOR_MACHINES
from deploy.serving.terms import Terms
from gateway.endpoints.wire import Page, Request
from gateway.frozen import Frozen, Hidden

BODY_LIMIT = 65_536  # bytes, where a route names no other
INCIDENT, PROBLEM = "gba.incident", "gba.problem"  # in the WSGI environment, for the pages
MACHINES = ("/api/", "/oauth/", "/.well-known/")  # below these no person reads, so nobody is shown a page
SEE_OTHER = 303
WITH_BODY = frozenset({"POST", "PUT", "PATCH"})
# what the rim itself refuses, in words
TITLES = {
    "address_unknown": "There is nothing at this address",
    "method_not_allowed": "This address does not take this method",
    "body_too_large": "The body is larger than this address takes",
    "body_cut_short": "The body ended before its announced length",
    "content_length_malformed": "The Content-Length header cannot be read",
    "unforeseen": "Something went wrong here; the incident's id finds it in the logs",
}
OWN_TERMS = Terms(BODY_LIMIT, brief=True, by_itself=True)  # of what the rim answers without a handler
STATUS_LINES = {status.value: f"{status.value} {status.phrase}" for status in HTTPStatus}

log = logging.getLogger("deploy.rim")


class Answer(Protocol):
    """What a handler gives back: a Response of the gateway's or of trust's, which need not know each other."""

    @property
    def status(self) -> int: ...
    @property
    def headers(self) -> tuple[tuple[str, str], ...]: ...
    @property
    def body(self) -> bytes: ...


Handler = Callable[[Any], Any]  # Request -> Answer | Page


class Waits(IntEnum):
    """For whom a handler may have to wait; who waits for nobody, or only for a database in a file, is brief."""

    FOR_NOBODY = 0
    FOR_THE_DATABASE = 1
    FOR_OTHERS = 2


class Route(Frozen, kw_only=False):
    """A handler that takes other bodies than most, or waits less."""

    handler: Handler
    body_limit: int = BODY_LIMIT
    waits: Waits = Waits.FOR_OTHERS


class Refused(Frozen, kw_only=False):
    """An answer of the rim's own."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: Hidden[bytes]
    reason: str


class Unreadable(Exception):
    """The request cannot be read as HTTP says; `reason` is a slug."""

    def __init__(self, reason: str, status: int) -> None:
        super().__init__(reason)
        self.reason = reason
        self.status = status


Methods = Mapping[str, Route]


class Incidents:
    """Ids that nobody can guess, drawn many at a time."""

    def __init__(self) -> None:
        self._drawn: list[str] = []

    def __call__(self) -> str:
        try:
            return self._drawn.pop()
        except IndexError:
            drawn = os.urandom(1024).hex()
            self._drawn.extend(drawn[place : place + 16] for place in range(16, 2048, 16))
            return drawn[:16]


class Rim:
    """The WSGI application. `routes` maps (method, path) to handlers; `{name}` in a path stands for one segment.

    `noted` is told of every handler's refusal, with the request; nothing is asked of it on any other way.
    `brief` is the longest wait that still counts as brief, `page_terms` the terms of every path that is not of a route,
    `together` what keeps several requests' work at once (`deploy/serving/terms.py`).
    """

    def __init__(
        self,
        *,
        routes: Mapping[tuple[str, str], Handler | Route],
        pages: WSGIApplication,
        https: bool,
        new_incident: Callable[[], str] | None = None,
        noted: Callable[[Any, Any], None] | None = None,
        brief: Waits = Waits.FOR_NOBODY,
        page_terms: Callable[[str, str], Terms] = lambda _method, _path: Terms(BODY_LIMIT),
        together: Callable[[], AbstractContextManager[object]] = nullcontext,
    ) -> None:
        self._pages = pages
        self._new_incident = new_incident or Incidents()
        self._noted = noted
        self._page_terms = page_terms
        self.together = together
        self._terms: dict[tuple[int, Waits], Terms] = {}
        self._exact: dict[str, dict[str, Route]] = {}
        patterns: dict[str, dict[str, Route]] = {}
        for (method, path), handler in routes.items():
            table = patterns if "{" in path else self._exact
            route = handler if isinstance(handler, Route) else Route(handler)
            table.setdefault(path, {})[method] = route
            self._terms[route.body_limit, route.waits] = Terms(
                route.body_limit, brief=route.waits <= brief, by_itself=route.waits is Waits.FOR_NOBODY
            )
        self._patterns = tuple((tuple(path.split("/")), methods) for path, methods in patterns.items())
        self._prefixes = tuple({path[: path.index("{")] for path in patterns})
        self._headers = _headers(https=https)
        self._besides: dict[tuple[str, ...], tuple[tuple[str, str], ...]] = {}

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        environ[INCIDENT] = incident = self._new_incident()
        path = environ.get("PATH_INFO", "")
        if "\0" in path:  # in no address of ours, and PostgreSQL takes it in no text
            return self._unknown(environ, path, incident, start_response)
        methods: Methods | None = self._exact.get(path)
        captured: Mapping[str, str] = {}
        if methods is None and path.startswith(self._prefixes):
            methods, captured = self._match(path)
        if methods is None:
            if not path.startswith(MACHINES):
                return self._pages(environ, _last_on_its_connection(environ, start_response))
            return self._unknown(environ, path, incident, start_response)
        answer = self._answer(methods, environ, path, captured, incident)
        if isinstance(answer, Page):
            return self._show(answer, environ, start_response)
        return self._send(answer, environ["REQUEST_METHOD"] == "HEAD", incident, start_response)

    def terms(self, method: str, path: str) -> Terms:
        """How long a body may be, and whether the answer is brief."""
        methods: Methods | None = self._exact.get(path)
        if methods is None and path.startswith(self._prefixes):
            methods, _ = self._match(path)
        if methods is None:
            return OWN_TERMS if path.startswith(MACHINES) else self._page_terms(method, path)
        route = methods.get("GET" if method == "HEAD" else method)
        return OWN_TERMS if route is None else self._terms[route.body_limit, route.waits]

    def _unknown(
        self, environ: WSGIEnvironment, path: str, incident: str, start_response: StartResponse
    ) -> Iterable[bytes]:
        unknown = _refused("address_unknown", 404, path, incident, ())
        return self._send(unknown, environ["REQUEST_METHOD"] == "HEAD", incident, start_response)

    def _match(self, path: str) -> tuple[Methods | None, dict[str, str]]:
        segments = path.split("/")
        for pattern, methods in self._patterns:
            if len(pattern) == len(segments) and all(
                wanted == given or (wanted.startswith("{") and given)
                for wanted, given in zip(pattern, segments, strict=True)
            ):
                pairs = zip(pattern, segments, strict=True)
                return methods, {wanted[1:-1]: given for wanted, given in pairs if wanted.startswith("{")}
        return None, {}

    def _answer(
        self, methods: Methods, environ: WSGIEnvironment, path: str, captured: Mapping[str, str], incident: str
    ) -> Answer | Page:
        method = environ["REQUEST_METHOD"]
        route = methods.get("GET" if method == "HEAD" else method)
        request: Request | None = None
        try:
            if route is None:
                allowed = ", ".join(sorted({*methods, "OPTIONS", *(("HEAD",) if "GET" in methods else ())}))
                if method == "OPTIONS":
                    return Refused(204, (("Allow", allowed),), b"", "")
                return _refused("method_not_allowed", 405, path, incident, (("Allow", allowed),))
            request = Request(
                method="GET" if method == "HEAD" else method,
                path=path,
                query=environ.get("QUERY_STRING", ""),
                headers=RequestHeaders(environ),
                body=_read_body(environ, route.body_limit) if method in WITH_BODY else b"",
                remote=environ.get("REMOTE_ADDR", ""),
                incident=incident,
                captured=captured,
            )
            answer: Answer | Page = route.handler(request)
        except Unreadable as unreadable:
            answer = _refused(unreadable.reason, unreadable.status, path, incident, (("Connection", "close"),))
        except Exception:
            log.exception("unforeseen", extra={"incident": incident, "route": path, "status": 500})
            return _refused("unforeseen", 500, path, incident, ())
        if answer.status >= 400:
            facts = {"incident": incident, "route": path, "status": answer.status, "method": method}
            log.info("refused", extra={**facts, "reason": getattr(answer, "reason", "")})
            self._note(request, answer)
        elif answer.status == SEE_OTHER and getattr(answer, "reason", None):  # a refusal that the browser carries
            self._note(request, answer)
        return answer

    def _note(self, request: Request | None, answer: Answer | Page) -> None:
        """Have a handler's refusal noted; should that fail, the answer is the same."""
        if self._noted is None or request is None:
            return
        try:
            self._noted(request, answer)
        except Exception:
            log.exception("refusal_not_noted")

    def _show(self, page: Page, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Let the pages say it: the body is read, so what goes on is a GET without one."""
        environ[PROBLEM] = page
        environ |= {"REQUEST_METHOD": "GET", "CONTENT_LENGTH": "0", "wsgi.input": io.BytesIO()}
        return self._pages(environ, _with(page.headers, start_response) if page.headers else start_response)

    def _send(self, answer: Answer, head: bool, incident: str, start_response: StartResponse) -> Iterable[bytes]:
        own = answer.headers
        headers = [*own, *self._beside(tuple([name for name, _ in own])), ("Request-Id", incident)]
        if answer.status not in (204, 304):
            headers.append(("Content-Length", str(len(answer.body))))
        start_response(STATUS_LINES[answer.status], headers)
        return () if head or not answer.body else (answer.body,)

    def _beside(self, own: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
        """The headers of every answer that one with these does not say itself; worked out once for each kind of it."""
        known = self._besides.get(own)
        if known is None:
            said = {name.lower() for name in own}
            known = self._besides[own] = tuple(pair for pair in self._headers if pair[0].lower() not in said)
        return known


def _with(more: tuple[tuple[str, str], ...], start_response: StartResponse) -> StartResponse:
    def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
        return start_response(status, [*headers, *more], *rest)

    return start


def _last_on_its_connection(environ: WSGIEnvironment, start_response: StartResponse) -> StartResponse:
    """A page that refuses a body may not have read it to its end; what is left must not be taken for a next request,
    so the connection ends with the answer, and says so (RFC 9112 §9.6)."""
    if environ["REQUEST_METHOD"] not in WITH_BODY:
        return start_response

    def start(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
        return start_response(status, [*headers, ("Connection", "close")] if status >= "4" else headers, *more)

    return start


def _headers(*, https: bool) -> list[tuple[str, str]]:
    """What every answer carries unless it says otherwise itself."""
    return (
        [*FOR_MACHINES, ("Strict-Transport-Security", "max-age=63072000; includeSubDomains")]
        if https
        else [*FOR_MACHINES]
    )


def _read_body(environ: WSGIEnvironment, limit: int) -> bytes:
    """The body, never more than the limit of it."""
    told = environ.get("CONTENT_LENGTH") or ""
    if told and not (told.isascii() and told.isdigit()):
        raise Unreadable("content_length_malformed", 400)
    if told and (len(told) > 12 or int(told) > limit):
        raise Unreadable("body_too_large", 413)
    # without a length the body ends by itself (chunked); one byte more than allowed tells that it is too much
    body: bytes = environ["wsgi.input"].read(int(told) if told else limit + 1)
    if len(body) > limit:
        raise Unreadable("body_too_large", 413)
    if told and len(body) < int(told):
        raise Unreadable("body_cut_short", 400)
    return body


def _refused(reason: str, status: int, path: str, incident: str, headers: tuple[tuple[str, str], ...]) -> Refused:
    """The rim's own refusals: a problem where trust speaks (RFC 9457), an OAuth error elsewhere (RFC 6749 §5.2)."""
    if path.startswith("/api/"):
        problem = {
            "type": f"/problems/{reason}",
            "title": TITLES[reason],
            "status": status,
            "instance": f"urn:incident:{incident}",
        }
        return Refused(status, (("Content-Type", "application/problem+json"), *headers), orjson.dumps(problem), reason)
    code = "server_error" if status >= 500 else "invalid_request"
    told = {"error": code, "error_description": reason, "incident": incident}
    return Refused(status, (("Content-Type", "application/json"), *headers), orjson.dumps(told), reason)
