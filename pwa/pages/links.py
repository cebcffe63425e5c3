"""My links, where I am signed in, and how to end either."""

from flask import Blueprint, Response, jsonify

from gateway.frozen import Frozen
from pwa.ports import Links, Sessions
from pwa.site import Site
from pwa.views.links import shown
from pwa.views.words import REGIONS


class LinkPages(Frozen):
    site: Site
    links: Links
    sessions: Sessions

    def list(self) -> Response:
        here = self.site.must_be_here()
        return self.site.page(
            "links.html",
            links=tuple(shown(link) for link in self.links.list(here.account)),
            sessions=self.sessions.list(here),
            regions=REGIONS,
        )

    def undo(self, link: str) -> Response:
        here = self.site.must_be_here()
        self.site.form()
        self.links.undo(here.account, link)
        # undoing ends every session of the account, this one too
        response = self.site.go("/?done=undone")
        self.site.cookies.forget(response, self.site.cookies.session)
        return response

    def stay(self) -> Response:
        """Being asked keeps the session alive; says for how many seconds, 0 when it has ended."""
        self.site.here()
        return jsonify(seconds=self.site.session_lasts())

    def end_session(self, session: str) -> Response:
        here = self.site.must_be_here()
        self.site.form()
        self.sessions.end(here, session)
        return self.site.go("/links")


def link_pages(site: Site, links: Links, sessions: Sessions) -> Blueprint:
    pages = LinkPages(site=site, links=links, sessions=sessions)
    blueprint = Blueprint("links", __name__)
    blueprint.add_url_rule("/links", "list", pages.list)
    blueprint.add_url_rule("/links/<link>/undo", "undo", pages.undo, methods=["POST"])
    blueprint.add_url_rule("/session", "stay", pages.stay)
    blueprint.add_url_rule("/sessions/<session>/end", "end_session", pages.end_session, methods=["POST"])
    return blueprint
