"""What the audit trail keeps of a signing."""

from datetime import datetime

from trust.documents.signing import Means, Signing
from trust.flows.issue_document import Happened

REGIONS = {Means.IAM_SMART: "HK", Means.ESIGN_CLOUD: "MO"}


def event(kind: str, signing: Signing, at: datetime) -> Happened:
    """What the trail keeps of it."""
    return Happened(
        kind=kind,
        at=at,
        actor=signing.subject if kind != "signing_asked_for" else signing.agency,
        subjects=(signing.id,),
        client=signing.agency,
        region=REGIONS[signing.means],
        outcome="failed" if signing.reason else "done",
        reason=signing.reason or None,
    )
