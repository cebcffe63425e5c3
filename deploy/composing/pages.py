"""The pages for people: Flask over the residents' flows and the records."""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass

from flask import Flask

from deploy.composing.records import Records
from deploy.composing.residents import Residents
from deploy.composing.world import World
from pwa.app_shell import create_pages
from pwa.settings import PwaSettings
from trust.flows.verify_document import VerifyDocument
from trust.keys.key import Purpose
from trust.validation.sentences import sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class PageVerification:
    """The pages' Verification port."""

    verify: VerifyDocument

    def report(self, name: str, pdf: bytes) -> Mapping[str, object]:
        """The report of one file."""
        return self.verify(pdf, name=name).as_json()

    def report_pdf(self, report: Mapping[str, object], language: str) -> bytes:
        """The same in words, as a PDF."""
        from trust.pades.printed import report_pdf  # noqa: PLC0415 - typst, only for who asks

        return report_pdf(report, language)

    def sentence(self, reason: str, language: str) -> str:
        """What a reason means, in words."""
        return sentence(reason, language)


def print_receipt(content: Mapping[str, object], *, signed: str, language: str) -> bytes:
    """A consent's receipt as a PDF with its signed form attached."""
    from trust.pades.printed import receipt_pdf  # noqa: PLC0415 - typst, only for who asks

    return receipt_pdf(content, signed=signed, language=language)


def form_key(world: World) -> bytes:
    """The key of form tokens, drawn from the index key so that every worker has the same."""
    return hmac.digest(world.keys.current(Purpose.INDEX).secret, b"gba form tokens", hashlib.sha256)


def pages(world: World, people: Residents, kept: Records) -> Flask:
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
        links=people.links,
        consents=people.consents,
        documents=kept.documents,
        verification=PageVerification(verify=kept.verify),
        print_receipt=print_receipt,
    )
