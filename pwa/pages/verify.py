"""Verify a document: a form, a verdict in words and colours, and the report as PDF, XML and JSON.

The file is read, judged and forgotten; the report travels in the page (see `report_token`).
"""

import orjson
from flask import Blueprint, Response, request

from gateway.frozen import Frozen
from pwa import report_token
from pwa.errors import PageRefused
from pwa.ports import Verification, VerifiedFile
from pwa.site import Site
from pwa.views.verdict import shown

LONGEST_NAME = 200


class VerifyPages(Frozen):
    site: Site
    verification: Verification

    def form(self) -> Response:
        return self.site.page("verify.html", limit=self.site.settings.upload_limit)

    def judge(self) -> Response:
        self.site.form()
        upload = request.files.get("file")
        pdf = upload.read(self.site.settings.upload_limit + 1) if upload is not None else b""
        if upload is None or not (pdf or upload.filename):
            return self.site.page("verify.html", limit=self.site.settings.upload_limit, empty=True, status=422)
        if len(pdf) > self.site.settings.upload_limit:
            raise PageRefused("body_too_large", status=413)
        verified = self.verification.report(file_name(upload.filename or ""), pdf)
        language = self.site.reader().language.code
        sealed, with_xml = self._travelling(verified)
        return self.site.page(
            "verdict.html",
            report=shown(verified.report, lambda reason: self.verification.sentence(reason, language), language),
            sealed=sealed,
            with_xml=with_xml,
        )

    def _travelling(self, verified: VerifiedFile) -> tuple[str, bool]:
        """The report as the page carries it, and whether with its XML: that of hundreds of signatures is too long."""
        key = self.site.settings.form_key
        sealed = report_token.seal(key, {"report": verified.report, "xml": verified.xml})
        if len(sealed) <= report_token.LONGEST:
            return sealed, True
        return report_token.seal(key, {"report": verified.report}), False

    def report_json(self) -> Response:
        return attachment(
            orjson.dumps(self._report(), option=orjson.OPT_INDENT_2), "application/json", "verification-report.json"
        )

    def report_xml(self) -> Response:
        xml = self._carried().get("xml")
        if not isinstance(xml, str):
            raise PageRefused("report_not_ours", status=400)
        return attachment(xml.encode(), "application/xml", "verification-report.xml")

    def report_pdf(self) -> Response:
        pdf = self.verification.report_pdf(self._report(), self.site.reader().language.code)
        return attachment(pdf, "application/pdf", "verification-report.pdf")

    def _report(self) -> dict[str, object]:
        report = self._carried().get("report")
        if not isinstance(report, dict):
            raise PageRefused("report_not_ours", status=400)
        return report

    def _carried(self) -> dict[str, object]:
        form = self.site.form()
        carried = report_token.open_sealed(self.site.settings.form_key, form.get("report", ""))
        if carried is None:
            raise PageRefused("report_not_ours", status=400)
        return carried


def file_name(name: str) -> str:
    """The last part of what the browser called the file, printable and short."""
    last = name.replace("\\", "/").rpartition("/")[2]
    return "".join(letter for letter in last if letter.isprintable())[:LONGEST_NAME] or "document.pdf"


def attachment(body: bytes, kind: str, name: str) -> Response:
    return Response(body, mimetype=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def verify_pages(site: Site, verification: Verification) -> Blueprint:
    pages = VerifyPages(site=site, verification=verification)
    blueprint = Blueprint("verify", __name__)
    blueprint.add_url_rule("/verify", "form", pages.form)
    blueprint.add_url_rule("/verify", "judge", pages.judge, methods=["POST"])
    blueprint.add_url_rule("/verify/report.json", view_func=pages.report_json, methods=["POST"])
    blueprint.add_url_rule("/verify/report.xml", view_func=pages.report_xml, methods=["POST"])
    blueprint.add_url_rule("/verify/report.pdf", view_func=pages.report_pdf, methods=["POST"])
    return blueprint
