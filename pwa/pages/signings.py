"""Sign a document with one's own key: what is signed, and the platform's question.

/signings/{id}            the document, and where its signing stands
/signings/{id}/file       the document itself
/signings/{id}/{action}   begin, answer, again, cancel

Only its person sees it, signed in. Ids on what a person acts on: signing-file, signing-account, signing-begin,
signing-open, signing-typed-1…, signing-answer, signing-again, signing-cancel, signing-back; on what they read:
signing-title, signing-agency, signing-means, signing-law, signing-digest, signing-until, signing-code, signing-holder,
signing-tries, signing-problem, signing-done, signing-over.
"""

from collections.abc import Callable, Mapping
from urllib.parse import quote

from flask import Blueprint, Response

from gateway.frozen import Frozen
from pwa.errors import PageRefused
from pwa.ports import PersonSignings, ToSign
from pwa.site import Site
from pwa.views.signings import shown
from pwa.visit import Fields
from trust.errors import DocumentRefused, SigningFailed

LONGEST = 100  # characters of what is typed


class SigningPages(Frozen):
    site: Site
    signings: PersonSignings

    def show(self, signing: str) -> Response:
        return self._page(self._found(self.signings.find(self._account(), signing)))

    def file(self, signing: str) -> Response:
        account = self._account()
        found = self._found(self.signings.find(account, signing))
        content = self.signings.content(account, signing)
        if content is None:
            raise PageRefused("not_found", status=404)
        response = Response(content, mimetype="application/pdf")
        name = quote(f"{found.title[:80]}.pdf", safe="")
        response.headers["Content-Disposition"] = f"inline; filename=\"document.pdf\"; filename*=UTF-8''{name}"
        return response

    def act(self, signing: str, action: str) -> Response:
        step = ACTIONS.get(action)
        if step is None:
            raise PageRefused("not_found", status=404)
        account, form = self._account(), self.site.form()
        try:
            found = self._found(step(self, account, signing, form))
        except (DocumentRefused, SigningFailed) as refused:
            # the page says what became of it, and how it stands now
            now = self._found(self.signings.find(account, signing))
            return self._page(now, problem=refused.reason, status=409, typed=form.get("account", "")[:LONGEST])
        if found.back and (action == "cancel" or found.state == "signed"):
            return self.site.leave(found.back)
        return self.site.go(f"/signings/{signing}")

    def begin(self, account: str, signing: str, form: Fields) -> ToSign | None:
        visit = self.site.visit()
        named = form.get("account", "").strip()[:LONGEST]
        return self.signings.begin(account, signing, named=named, agent=visit.agent, language=visit.locale)

    def answer(self, account: str, signing: str, form: Fields) -> ToSign | None:
        return self.signings.answer(account, signing, [value.strip()[:LONGEST] for value in form.getlist("typed")])

    def again(self, account: str, signing: str, _form: Fields) -> ToSign | None:
        return self.signings.send_again(account, signing)

    def cancel(self, account: str, signing: str, _form: Fields) -> ToSign | None:
        return self.signings.cancel(account, signing)

    def _account(self) -> str:
        return self.site.must_be_here().account

    def _found(self, signing: ToSign | None) -> ToSign:
        if signing is None:
            raise PageRefused("signing_unknown", status=404)
        return signing

    def _page(self, signing: ToSign, *, problem: str = "", status: int = 200, typed: str = "") -> Response:
        self.site.leads_outside()  # its forms end at the agency
        view = shown(signing, self.site.reader().language.code, problem=problem)
        return self.site.page("signing.html", status=status, signing=view, typed_account=typed)


Step = Callable[[SigningPages, str, str, Fields], ToSign | None]
ACTIONS: Mapping[str, Step] = {
    "begin": SigningPages.begin,
    "answer": SigningPages.answer,
    "again": SigningPages.again,
    "cancel": SigningPages.cancel,
}


def signing_pages(site: Site, signings: PersonSignings) -> Blueprint:
    pages = SigningPages(site=site, signings=signings)
    blueprint = Blueprint("signings", __name__)
    blueprint.add_url_rule("/signings/<signing>", view_func=pages.show)
    blueprint.add_url_rule("/signings/<signing>/file", view_func=pages.file)
    blueprint.add_url_rule("/signings/<signing>/<action>", view_func=pages.act, methods=["POST"])
    return blueprint
