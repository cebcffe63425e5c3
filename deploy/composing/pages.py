"""The pages for people: Flask over the residents' flows and the records."""

import hashlib
import hmac
import logging
from collections.abc import Mapping

from flask import Flask

from deploy.composing.partners import PagePartners
from deploy.composing.records import Records, VerifyByListsInForce
from deploy.composing.report_printing import PrintReport
from deploy.composing.residents import Residents, operator
from deploy.composing.signing_pages import PersonsSignings
from deploy.composing.world import World
from gateway.flows.confirm_device import ConfirmDevice
from gateway.flows.sign_out_for import SignOutFor
from gateway.frozen import Frozen
from pwa.app_shell import create_pages
from pwa.ports import ApiDescription, VerifiedFile
from pwa.settings import PwaSettings
from trust.errors import EvidenceUnavailable, StampUnavailable
from trust.flows.seal_pdf import SealPdf
from trust.keys.key import Purpose
from trust.pades import receipt_pdf
from trust.signing.profile import SealProfile
from trust.validation import report_xml
from trust.validation.sentences import sentence

log = logging.getLogger("deploy.pages")


class PageVerification(Frozen):
    """The pages' Verification port."""

    verify: VerifyByListsInForce
    print_report: PrintReport

    def report(self, name: str, pdf: bytes) -> VerifiedFile:
        """The report of one file."""
        report = self.verify(pdf, name=name)
        return VerifiedFile(report=report.as_json(), xml=report_xml.render(report).decode())

    def report_pdf(self, report: Mapping[str, object], language: str) -> bytes:
        """The same in words, as a PDF under the operator's seal."""
        return self.print_report(report, language)

    def sentence(self, reason: str, language: str) -> str:
        """What a reason means, in words."""
        return sentence(reason, language)


class PrintReceipt(Frozen):
    """The pages' ReceiptPrinter port: in words, with the signed form attached, sealed by the operator."""

    seal: SealPdf
    operator: Mapping[str, Mapping[str, str]]
    verify_url: str

    def __call__(self, content: Mapping[str, object], *, signed: str, language: str) -> bytes:
        """A PDF/A-3. Should no authority answer, it goes out without our seal: what is attached is signed itself."""
        printed = receipt_pdf.render(content, signed=signed, language=language)
        profile = SealProfile(
            agency=self.operator[language]["operator"], language=language, verification_url=self.verify_url
        )
        try:
            return self.seal(printed, profile).content
        except (StampUnavailable, EvidenceUnavailable) as unavailable:
            log.warning("receipt_unsealed", extra={"reason": unavailable.reason})
            return printed


def form_key(world: World) -> bytes:
    """The key of form tokens, drawn from the index key so that every worker has the same."""
    return hmac.digest(world.keys.current(Purpose.INDEX).secret, b"gba form tokens", hashlib.sha256)


def pages(
    world: World,
    people: Residents,
    kept: Records,
    sign_out: SignOutFor,
    *,
    devices: ConfirmDevice,
    partners: PagePartners,
    api: ApiDescription,
) -> Flask:
    """The Flask application."""
    settings = world.settings
    return create_pages(
        settings=PwaSettings(
            origin=settings.public_url,
            form_key=form_key(world),
            sandbox=settings.sandbox,
            sandbox_origin=settings.sandbox_url if settings.sandbox else None,
            form_targets=("https:", settings.sandbox_url) if settings.sandbox else ("https:",),
            upload_limit=settings.trust.largest_document,
        ),
        sessions=people.sessions,
        sign_ins=people.sign_ins,
        sign_out=sign_out,
        links=people.links,
        close_account=people.close_account,
        consents=people.consents,
        documents=kept.documents,
        signings=PersonsSignings(sign=kept.signings_api.sign, names=kept.names),
        verification=PageVerification(
            verify=kept.verify,
            print_report=PrintReport(
                open_seal=lambda: kept.seal,
                names={code: told["operator"] for code, told in operator(settings).items()},
                verify_url=f"{settings.public_url}/verify",
            ),
        ),
        devices=devices,
        print_receipt=PrintReceipt(
            seal=kept.seal, operator=operator(settings), verify_url=f"{settings.public_url}/verify"
        ),
        partners=partners,
        api=api,
    )
