"""Pages that say something and ask nothing: home, help, accessibility, privacy."""

from datetime import date

from flask import Blueprint, Response, request

from gateway.frozen import Frozen
from pwa.site import Site

CHECKED_ON = date(2026, 11, 22)  # when the accessibility page was last compared with the site


class InformationPages(Frozen, kw_only=False):
    site: Site

    def home(self) -> Response:
        done = request.args.get("done", "")
        return self.site.page("home.html", done=done if done in {"undone", "signed-out", "closed"} else "")

    def help(self) -> Response:
        return self.site.page("help.html")

    def accessibility(self) -> Response:
        return self.site.page("accessibility.html", checked_on=CHECKED_ON)

    def privacy(self) -> Response:
        return self.site.page("privacy.html")


def information_pages(site: Site) -> Blueprint:
    pages = InformationPages(site)
    information = Blueprint("information", __name__)
    information.add_url_rule("/", view_func=pages.home)
    information.add_url_rule("/help", view_func=pages.help)
    information.add_url_rule("/accessibility", view_func=pages.accessibility)
    information.add_url_rule("/privacy", view_func=pages.privacy)
    return information
