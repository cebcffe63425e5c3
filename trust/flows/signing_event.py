"""What the audit trail keeps of a signing."""

from datetime import datetime

from trust.documents.signing import Means, Signing
from trust.flows.issue_document import Happened

REGIONS = {Means.IAM_SMART: "HK", Means.ESIGN_CLOUD: "MO"}


def _actor(kind: str, signing: Signing) -> str:
    match kind:
        case "signing_asked_for":
            return signing.agency
        case "signing_expired":  # which nobody did: its time passed
            return "gateway"
        case _:
            return signing.subject


def event(kind: str, signing: Signing, at: datetime) -> Happened:
    """What the trail keeps of it."""
    return Happened(
        kind=kind,
        at=at,
        actor=_actor(kind, signing),
        subjects=(signing.id,),
        client=signing.agency,
        region=REGIONS[signing.means],
        outcome="failed" if signing.reason else "done",
        reason=signing.reason or None,
    )
