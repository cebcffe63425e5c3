"""Back from a region: the browser's return, and what a region delivers from server to server.

GET /regions/{code}/callback, GET /regions/check/callback, POST /regions/{code}/receive/{kind}.
"""

from collections.abc import Callable

import orjson

from gateway.endpoints.authorize import CookieNames, deliver, read_cookies, redirect
from gateway.endpoints.oauth_errors import JSON, NO_STORE, Answer, Handler, as_page
from gateway.endpoints.parameters import read_query
from gateway.endpoints.wire import Page, Request, Response
from gateway.errors import NotFound, RegionError, RegionUnavailable, RequestRefused
from gateway.flows.sign_in import SignIns
from gateway.flows.stage_view import Answer as AgencyAnswer
from gateway.flows.stage_view import Redirect, Stay

CALLBACK = "/regions/{code}/callback"
RECEIVE = "/regions/{code}/receive/{kind}"

# The same return once more, without a script: what it carries stays in the browser.
AGAIN = (("Retry-After", "2"), ("Refresh", "2"))

# Where the page of a sign-in is: locale and id.
StagePage = Callable[[str, str], str]


def returned(sign_ins: SignIns, *, cookies: CookieNames, page: StagePage) -> Handler:
    """The handler of GET: read what the browser brought, and send it on. The query is not shown, logged or kept."""

    def answer(request: Request) -> Answer:
        to = request.path.split("/")[2]
        browser = read_cookies(request.headers.get("cookie", "")).get(cookies.browser, "")
        try:
            following = sign_ins.arrive(to, read_query(request), browser)
        except RequestRefused as refusal:
            return as_page(refusal, request)
        except NotFound as unknown:
            return Page(status=404, reason=unknown.reason, incident=request.incident)
        except RegionUnavailable as busy:
            return Page(status=503, reason=busy.reason, incident=request.incident, headers=AGAIN)
        headers = (cookies_for_session(cookies, following.session),) if following.session is not None else ()
        match following:
            case Redirect(url=url):
                return redirect(url, headers)
            case Stay(sign_in=sign_in, locale=locale):
                return redirect(page(locale, sign_in), headers)
            case AgencyAnswer(response=response):
                return deliver(response, headers)

    return answer


def received(sign_ins: SignIns) -> Handler:
    """The handler of POST: 200 when it was verified and parked, 400 with a reason when it does not hold."""

    def answer(request: Request) -> Answer:
        _, _, code, _, kind = request.path.split("/")
        try:
            sign_ins.receive(code, kind, request.headers, request.body)
        except (RegionError, NotFound) as refused:
            status = 404 if isinstance(refused, NotFound) else 400
            told = orjson.dumps({"error": refused.reason, "incident": request.incident})
            return Response(status, (JSON, *NO_STORE), told, refused.reason)
        return Response(200, (JSON, *NO_STORE), b"{}")

    return answer


def cookies_for_session(cookies: CookieNames, value: str) -> tuple[str, str]:
    """The header that gives the browser its session; it ends with the browser, and before that on the server."""
    more = "; Secure" if cookies.secure else ""
    return "Set-Cookie", f"{cookies.session}={value}; HttpOnly; Path=/; SameSite=Lax{more}"


def routes(sign_ins: SignIns, *, cookies: CookieNames, page: StagePage) -> dict[tuple[str, str], Handler]:
    """What the rim mounts."""
    return {
        ("GET", CALLBACK): returned(sign_ins, cookies=cookies, page=page),
        ("POST", RECEIVE): received(sign_ins),
    }
