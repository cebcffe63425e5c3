"""Prints verification reports: a PDF in the reader's language under the operator's seal, as far as one is to be had."""

import logging
from collections.abc import Callable, Mapping

from trust.errors import EvidenceUnavailable, KeyUnavailable, StampUnavailable
from trust.flows.seal_pdf import SealPdf
from trust.frozen import Frozen
from trust.pades import report_pdf
from trust.signing.profile import Level, SealProfile

log = logging.getLogger("deploy.reports")

# what is tried in turn: without an authority's timestamp a seal still says whose the report is
LEVELS = (Level.LTA, Level.B)


class PrintReport(Frozen):
    """A report as a sealed PDF/A-3 with its JSON attached; unsealed it says so on its face."""

    open_seal: Callable[[], SealPdf]  # raises KeyUnavailable where there is no seal key
    names: Mapping[str, str]  # the operator, by language
    verify_url: str

    def __call__(self, report: Mapping[str, object], language: str) -> bytes:
        """The PDF; sealed at B-LTA, at B-B where no authority answers, or not at all where there is no key."""
        try:
            seal = self.open_seal()
            printed = report_pdf.render(report, language, sealed=True)
            for level in LEVELS:
                try:
                    return seal(printed, self._profile(language, level)).content
                except (StampUnavailable, EvidenceUnavailable) as unavailable:
                    log.warning("report_seal_lowered", extra={"reason": unavailable.reason})
        except KeyUnavailable as missing:
            log.warning("report_unsealed", extra={"reason": missing.reason})
        return report_pdf.render(report, language, sealed=False)

    def _profile(self, language: str, level: Level) -> SealProfile:
        return SealProfile(
            agency=self.names.get(language) or next(iter(self.names.values())),
            language=language,
            level=level,
            visible=False,  # a mark on the page would stand outside its structure (ISO 14289-1 §7.18.1)
            verification_url=self.verify_url,
        )
