"""GET and POST /oauth/authorize: the browser brings a request (OIDC Core §3.1.2.1)."""

from collections.abc import Callable
from urllib.parse import urlencode

from msgspec.structs import replace

from gateway.endpoints.oauth_errors import NO_STORE, Handler, speaking_pages
from gateway.endpoints.parameters import read_form, read_query
from gateway.endpoints.wire import Request, Response
from gateway.flows.authorize import Authorize, Interact
from gateway.frozen import Frozen
from gateway.oidc.authorization_response import AuthorizationResponse
from gateway.ports.tokens import NewToken

PATH = "/oauth/authorize"
LONGEST_COOKIE = 200

# Where a sign-in's page is: given the request (for its language), the sign-in's id and the agency's wish of a locale.
SignInPage = Callable[[Request, str, str | None], str]


class CookieNames(Frozen):
    """The names of the browser's and the session's cookie; over https they carry `__Host-`."""

    browser: str
    session: str
    secure: bool

    @classmethod
    def on(cls, issuer: str) -> "CookieNames":
        secure = issuer.startswith("https://")
        prefix = "__Host-" if secure else ""
        return cls(browser=f"{prefix}gba_browser", session=f"{prefix}gba_session", secure=secure)

    def set_browser(self, value: str) -> tuple[str, str]:
        more = "; Secure" if self.secure else ""
        return "Set-Cookie", f"{self.browser}={value}; HttpOnly; Path=/; SameSite=Lax{more}"


def get(authorize: Authorize, *, cookies: CookieNames, new_token: NewToken, page: SignInPage) -> Handler:
    """The handler of GET."""

    def answer(request: Request) -> Response:
        sent = read_cookies(request.headers.get("cookie", ""))
        known = sent.get(cookies.browser)
        browser = known or new_token()
        headers = () if known else (cookies.set_browser(browser),)
        outcome = authorize(read_query(request), browser=browser, session=sent.get(cookies.session))
        if isinstance(outcome, Interact):
            return redirect(page(request, outcome.sign_in, outcome.locale), headers)
        answer = deliver(outcome.response, headers)
        return replace(answer, reason=outcome.reason) if outcome.reason else answer

    return speaking_pages(answer)


def post() -> Handler:
    """The handler of POST: turn it into a GET, because a post from another site brings no Lax cookies along."""

    def answer(request: Request) -> Response:
        return redirect(f"{PATH}?{urlencode(read_form(request))}", ())

    return speaking_pages(answer)


def deliver(response: AuthorizationResponse, headers: tuple[tuple[str, str], ...] = ()) -> Response:
    """Send an authorization response through the browser, in the way the request asked for."""
    if (url := response.url) is not None:
        return redirect(url, headers)
    more = (
        ("Content-Type", "text/html; charset=utf-8"),
        ("Content-Security-Policy", response.content_security_policy),
        *NO_STORE,
    )
    return Response(200, more + headers, response.document().encode())


def redirect(url: str, headers: tuple[tuple[str, str], ...]) -> Response:
    """303, so that no browser posts again what it posted here (RFC 9700 §4.12)."""
    return Response(303, (("Location", url), *NO_STORE, *headers))


def read_cookies(header: str) -> dict[str, str]:
    """The cookies of a request; the first of a name counts, unreadable ones are as if not there."""
    found: dict[str, str] = {}
    for part in header.split(";"):
        name, equals, value = part.strip().partition("=")
        if equals and 0 < len(value) <= LONGEST_COOKIE and value.isascii():
            found.setdefault(name, value)
    return found
