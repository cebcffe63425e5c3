"""Sign out: of oneself, or because an agency asks for it. Ids: logout-yes, logout-no."""

from flask import Blueprint, Response, request

from gateway.errors import RequestRefused
from gateway.frozen import Frozen
from pwa.errors import PageRefused
from pwa.ports import Sessions, SignOut
from pwa.site import Site
from pwa.views.sign_in import in_language

DONE = "/?done=signed-out"


class SignOutPages(Frozen):
    site: Site
    sessions: Sessions
    sign_out: SignOut

    def ask(self) -> Response:
        """An agency's request as it was sealed; without one there is nothing to ask but whether."""
        sealed = request.args.get("request", "")
        agency = ""
        if sealed:
            try:
                client = self.sign_out.asker(sealed)
            except RequestRefused as refused:
                raise PageRefused(refused.reason, status=400) from None
            agency = "" if client is None else in_language(client.names, self.site.reader().language.code)
        self.site.leads_outside()
        return self.site.page("sign_out.html", request=sealed, agency=agency)

    def act(self) -> Response:
        form = self.site.form()
        sealed, agree = form.get("request", ""), form.get("answer", "agree") == "agree"
        url = None
        if sealed:
            try:
                url = self.sign_out.answer(sealed, agree=agree, session=self.site.session())
            except RequestRefused as refused:
                raise PageRefused(refused.reason, status=400) from None
        elif agree:
            self.sessions.sign_out(self.site.session())
        if not agree:
            return self.site.go("/")
        response = self.site.leave(url) if url else self.site.go(DONE)
        self.site.cookies.forget(response, self.site.cookies.session)
        return response


def sign_out_pages(site: Site, sessions: Sessions, sign_out: SignOut) -> Blueprint:
    pages = SignOutPages(site=site, sessions=sessions, sign_out=sign_out)
    blueprint = Blueprint("sign_out", __name__)
    blueprint.add_url_rule("/sign-out", "ask", pages.ask)
    blueprint.add_url_rule("/sign-out", "act", pages.act, methods=["POST"])
    return blueprint
