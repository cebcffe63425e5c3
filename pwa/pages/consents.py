"""What I agreed to: the list, one consent with its words and history, its receipt, and taking it back."""

import base64

import orjson
from flask import Blueprint, Response

from gateway.frozen import Frozen
from pwa.pages.verify import attachment
from pwa.ports import Consents, ReceiptPrinter
from pwa.site import Site
from pwa.views.consents import detail, line


class ConsentPages(Frozen):
    site: Site
    consents: Consents
    print_receipt: ReceiptPrinter

    def list(self) -> Response:
        here = self.site.must_be_here()
        language = self.site.reader().language.code
        found = tuple(line(consent, language) for consent in self.consents.list(here.account))
        return self.site.page("consents.html", consents=found)

    def show(self, record: str) -> Response:
        here = self.site.must_be_here()
        found = self.consents.detail(here.account, record)
        return self.site.page("consent.html", consent=detail(found, self.site.reader().language.code))

    def withdraw(self, record: str) -> Response:
        here = self.site.must_be_here()
        self.site.form()
        self.consents.withdraw(here.account, record)
        return self.site.go(f"/consents/{record}")

    def receipt_json(self, record: str) -> Response:
        """The signed receipt, and its content again in the clear for those who only read."""
        signed = self.consents.receipt(self.site.must_be_here().account, record)
        body = orjson.dumps({"receipt": signed, "content": content(signed)}, option=orjson.OPT_INDENT_2)
        return attachment(body, "application/json", "consent-receipt.json")

    def receipt_pdf(self, record: str) -> Response:
        signed = self.consents.receipt(self.site.must_be_here().account, record)
        language = self.site.reader().language.code
        pdf = self.print_receipt(content(signed), signed=signed, language=language)
        return attachment(pdf, "application/pdf", "consent-receipt.pdf")


def content(signed: str) -> dict[str, object]:
    """The payload of a compact JWS that we have just made ourselves (RFC 7515 §7.1); not a check of it."""
    payload = signed.split(".")[1]
    found = orjson.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    assert isinstance(found, dict)
    return found


def consent_pages(site: Site, consents: Consents, print_receipt: ReceiptPrinter) -> Blueprint:
    pages = ConsentPages(site=site, consents=consents, print_receipt=print_receipt)
    blueprint = Blueprint("consents", __name__)
    blueprint.add_url_rule("/consents", "list", pages.list)
    blueprint.add_url_rule("/consents/<record>", "show", pages.show)
    blueprint.add_url_rule("/consents/<record>/withdraw", "withdraw", pages.withdraw, methods=["POST"])
    blueprint.add_url_rule("/consents/<record>/receipt.json", "receipt_json", pages.receipt_json)
    blueprint.add_url_rule("/consents/<record>/receipt.pdf", "receipt_pdf", pages.receipt_pdf)
    return blueprint
