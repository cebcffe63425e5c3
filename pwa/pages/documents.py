"""My documents: the list with what waits for a signature, one record and its QR code, the file, and the code's page."""

from urllib.parse import quote

from flask import Blueprint, Response
from markupsafe import Markup

from gateway.frozen import Frozen
from pwa.errors import PageRefused
from pwa.ports import Documents, PersonSignings
from pwa.site import Site
from pwa.views.documents import listed, public
from pwa.views.qr import svg
from pwa.views.signings import shown


class DocumentPages(Frozen):
    site: Site
    documents: Documents
    signings: PersonSignings

    def list(self) -> Response:
        account = self.site.must_be_here().account
        language = self.site.reader().language.code
        records = tuple(listed(record, language) for record in self.documents.of(account))
        to_sign = tuple(shown(signing, language) for signing in self.signings.waiting(account))
        return self.site.page("documents.html", documents=records, to_sign=to_sign)

    def show(self, document: str) -> Response:
        account = self.site.must_be_here().account
        record = self.documents.find(account, document)
        if record is None:
            raise PageRefused("not_found", status=404)
        shown = listed(record, self.site.reader().language.code)
        address = f"{self.site.settings.origin}/{self.site.reader().language.code}/v/{record.code}"
        # made by our own code from a URL of our own: nothing foreign reaches the page unescaped
        code = Markup(svg(address))  # noqa: S704
        return self.site.page("document.html", document=shown, address=address, qr=code)

    def file(self, document: str) -> Response:
        account = self.site.must_be_here().account
        record = self.documents.find(account, document)
        content = self.documents.content(account, document) if record is not None else None
        if record is None or content is None:
            raise PageRefused("not_found", status=404)
        response = Response(content, mimetype="application/pdf")
        name = quote(f"{record.title[:80]}.pdf", safe="")
        response.headers["Content-Disposition"] = f"inline; filename=\"record.pdf\"; filename*=UTF-8''{name}"
        return response

    def by_code(self, code: str) -> Response:
        record = self.documents.by_code(code) if len(code) <= 64 else None
        if record is None:
            raise PageRefused("not_found", status=404)
        return self.site.page("code.html", record=public(record, self.site.reader().language.code))


def document_pages(site: Site, documents: Documents, signings: PersonSignings) -> Blueprint:
    pages = DocumentPages(site=site, documents=documents, signings=signings)
    blueprint = Blueprint("documents", __name__)
    blueprint.add_url_rule("/documents", view_func=pages.list)
    blueprint.add_url_rule("/documents/<document>", view_func=pages.show)
    blueprint.add_url_rule("/documents/<document>/file", view_func=pages.file)
    blueprint.add_url_rule("/v/<code>", view_func=pages.by_code)
    return blueprint
