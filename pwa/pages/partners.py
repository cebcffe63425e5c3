"""Pages for partners' engineers: what went wrong lately, keys, limits, deliveries; and asking to be registered.

/partners                       the partner's own page, for who came by a link; how to get one, for others
/partners/enter/<link>          opens that page once: the button, not the address, uses the link up
/partners/register              takes a signed request; /partners/requests/<reference> tells what became of it

Ids: partner-enter, partner-leave, partner-errors, partner-keys, partner-limits, partner-deliveries, register-request,
register-submit, register-problem, request-state, request-reference.
"""

import re
from urllib.parse import quote

from flask import Blueprint, Response, request

from gateway.errors import RequestRefused
from gateway.frozen import Frozen
from gateway.oidc.registration_request import RequestState
from pwa.explain import text_for
from pwa.ports import Partners
from pwa.site import Site
from pwa.views import partners as views

LONGEST = 40_000  # characters of a signed request, with line breaks
LONGEST_ID = 100
INCIDENT = re.compile(r"[0-9A-Za-z-]{1,100}")
SHOWN = 15


class PartnerPages(Frozen):
    site: Site
    partners: Partners

    def show(self) -> Response:
        client = self.partners.visitor(self._visit())
        state = self.partners.state(client.id) if client is not None else None
        if state is None:
            return self.site.page("partners/welcome.html")
        asked = request.args.get("before", "")
        before = asked if INCIDENT.fullmatch(asked) else None
        found = self.partners.errors(state.client.id, limit=SHOWN, before=before)
        return self.site.page(
            "partners/partner.html",
            partner=views.partner(state, self.site.reader().language.code),
            errors=tuple(views.error(one) for one in found),
            older=found[-1].incident if len(found) == SHOWN else "",
        )

    def door(self, link: str) -> Response:
        """Looking at the address uses nothing up: mail programs and chats fetch what they are sent."""
        return self.site.page("partners/enter.html", link=quote(link[:LONGEST_ID], safe=""))

    def enter(self, link: str) -> Response:
        self.site.form()
        visit = self.partners.enter(link[:LONGEST_ID])
        response = self.site.go("/partners")
        response.headers.add(*self.site.cookies.secret(self.site.cookies.partner, visit))
        return response

    def leave(self) -> Response:
        self.site.form()
        self.partners.leave(self._visit())
        response = self.site.go("/partners")
        self.site.cookies.forget(response, self.site.cookies.partner)
        return response

    def form(self) -> Response:
        return self.site.page("partners/register.html", problem=None, reason="", pasted="")

    def ask(self) -> Response:
        signed = "".join(self.site.form().get("request", "")[:LONGEST].split())
        try:
            asked = self.partners.ask(
                signed, remote=request.remote_addr or "", forwarded=request.headers.get("X-Forwarded-For")
            )
        except RequestRefused as refused:
            problem = text_for(refused.reason, refused.status)
            page = self.site.page(
                "partners/register.html", status=refused.status, problem=problem, reason=refused.reason, pasted=signed
            )
            if refused.retry_after is not None:
                page.headers["Retry-After"] = str(refused.retry_after)
            return page
        return self.site.go(f"/partners/requests/{asked.reference}")

    def request(self, reference: str) -> Response:
        found = self.partners.request(reference[:LONGEST_ID])
        return self.site.page(
            "partners/request.html",
            request=found,
            state=views.REQUESTS[found.state],
            ground=views.ground(found.ground),
            waiting=found.state is RequestState.WAITING,
        )

    def _visit(self) -> str | None:
        return self.site.visit().cookies.get(self.site.cookies.partner)


def partner_pages(site: Site, partners: Partners) -> Blueprint:
    pages = PartnerPages(site=site, partners=partners)
    blueprint = Blueprint("partners", __name__)
    blueprint.add_url_rule("/partners", "show", pages.show)
    blueprint.add_url_rule("/partners/enter/<link>", "door", pages.door)
    blueprint.add_url_rule("/partners/enter/<link>", "enter", pages.enter, methods=["POST"])
    blueprint.add_url_rule("/partners/leave", "leave", pages.leave, methods=["POST"])
    blueprint.add_url_rule("/partners/register", "form", pages.form)
    blueprint.add_url_rule("/partners/register", "ask", pages.ask, methods=["POST"])
    blueprint.add_url_rule("/partners/requests/<reference>", "request", pages.request)
    return blueprint
