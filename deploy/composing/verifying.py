"""What `gba verify` needs besides verifying: reports made again, and printed under the operator's seal."""

from functools import cache

from deploy.composing import sealing
from deploy.composing.answers import KeptAnswers
from deploy.composing.custody import open_keys
from deploy.composing.report_printing import PrintReport
from deploy.composing.seal_keys_told import seal_devices
from deploy.settings import LANGUAGES, Settings
from deploy.trust_lists.opening import TrustLists
from trust.anchors.snapshot import Anchor
from trust.flows.seal_pdf import SealPdf
from trust.flows.verify_again import VerifyAgain
from trust.flows.verify_document import VerifyDocument


def again(settings: Settings, verify: VerifyDocument, given: tuple[bytes, ...]) -> VerifyAgain:
    """Makes reports again, from what this data directory keeps."""
    keys = open_keys(settings)
    authorities = sealing.sandbox_authorities(settings.data_dir, settings.sandbox_url) if settings.sandbox else None
    lists = TrustLists(settings.data_dir, keys, authorities=authorities)
    anchors = tuple(Anchor(territory="", entry="given", certificate=der) for der in given)
    return VerifyAgain(
        verify=verify,
        open_snapshot=lambda identity: lists.snapshot(identity, given=anchors),
        answers=KeptAnswers(settings, keys),
    )


def printing(settings: Settings) -> PrintReport:
    """Prints reports; whose seal key and which authorities follows from the settings."""

    @cache  # of many reports in a row each is sealed with the same
    def open_seal() -> SealPdf:
        authorities = None
        if settings.sandbox:
            authorities = sealing.sandbox_authorities(settings.data_dir, settings.sandbox_url)
        trust = settings.trust
        device = seal_devices(settings).source()
        if authorities is not None:
            egress = sealing.in_process(authorities)
        else:
            from deploy.composing.world import World  # noqa: PLC0415 - the database's engine comes along

            egress = World.open(settings).egress
        urls = sealing.timestamp_urls(trust, settings.sandbox_url if settings.sandbox else None)
        surveyor = sealing.surveying(trust, workers=1)
        return sealing.pdf_sealing(device, egress, urls, surveyor, policy=trust.timestamp_policy)

    names = settings.operator.name
    if settings.sandbox and not names:
        from deploy.sandbox.operator import NAMES  # noqa: PLC0415 - production has none

        names = NAMES
    return PrintReport(
        open_seal=open_seal,
        names={code: names[code] for code in LANGUAGES if code in names} or {"en": settings.public_url},
        verify_url=f"{settings.public_url}/verify",
    )
