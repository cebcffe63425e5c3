"""Close my account: what ends, what stays and for how long, and a last question. Ids: close-sure, close-now."""

from flask import Blueprint, Response

from gateway.frozen import Frozen
from pwa.ports import CloseAccount
from pwa.site import Site


class AccountPages(Frozen):
    site: Site
    close_account: CloseAccount

    def ask(self) -> Response:
        here = self.site.must_be_here()
        return self.site.page("close_account.html", of_session=here.session, unsure=False)

    def close(self) -> Response:
        here = self.site.must_be_here()
        form = self.site.form()
        # the tick is of whoever was signed in when the page was shown: perhaps somebody else is by now, in another tab
        if form.get("sure") != "yes" or form.get("session") != here.session:
            return self.site.page("close_account.html", status=422, of_session=here.session, unsure=True)
        self.close_account(here.account)
        # closing ends every session of the account, this one too
        response = self.site.go("/?done=closed")
        self.site.cookies.forget(response, self.site.cookies.session)
        return response


def account_pages(site: Site, close_account: CloseAccount) -> Blueprint:
    pages = AccountPages(site=site, close_account=close_account)
    blueprint = Blueprint("account", __name__)
    blueprint.add_url_rule("/account/close", "ask", pages.ask)
    blueprint.add_url_rule("/account/close", "close", pages.close, methods=["POST"])
    return blueprint
