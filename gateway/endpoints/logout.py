"""GET and POST /oauth/logout: an agency sends the browser to sign out (OIDC RP-Initiated Logout §2)."""

from collections.abc import Callable

from gateway.endpoints.authorize import CookieNames, read_cookies, redirect
from gateway.endpoints.oauth_errors import Handler, speaking_pages
from gateway.endpoints.parameters import read_form, read_query
from gateway.endpoints.wire import Request, Response
from gateway.flows.sign_out_for import Gone, SignOutFor

PATH = "/oauth/logout"

# Where the page is that asks (given the sealed request) or says that it is done (given None), in the reader's language.
SignOutPage = Callable[[Request, str | None, str | None], str]


def post(sign_out: SignOutFor) -> Handler:
    """The handler of POST: turn it into a GET, because a post from another site brings no Lax cookies along."""

    def answer(request: Request) -> Response:
        return redirect(f"{PATH}?request={sign_out.park(read_form(request))}", ())

    return speaking_pages(answer)


def get(sign_out: SignOutFor, *, cookies: CookieNames, page: SignOutPage) -> Handler:
    """The handler of GET."""

    def answer(request: Request) -> Response:
        parameters = read_query(request)
        sent = read_cookies(request.headers.get("cookie", ""))
        known = sent.get(cookies.session)
        outcome = sign_out(parameters, session=known, browser=sent.get(cookies.browser))
        wished = parameters.get("ui_locales")
        if isinstance(outcome, Gone):
            return redirect(outcome.url or page(request, None, wished), (forget_session(cookies),) if known else ())
        return redirect(page(request, outcome.request, wished), ())

    return speaking_pages(answer)


def forget_session(cookies: CookieNames) -> tuple[str, str]:
    """The header that takes the session's cookie away."""
    more = "; Secure" if cookies.secure else ""
    return "Set-Cookie", f"{cookies.session}=; Max-Age=0; HttpOnly; Path=/; SameSite=Lax{more}"
