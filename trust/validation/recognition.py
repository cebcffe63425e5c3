"""Mutual recognition in a report: which list is asked about a signature, and what it answers."""

from typing import Any

from cryptography.x509.oid import NameOID

from trust.anchors import recognition
from trust.anchors.recognition import MutualRecognition
from trust.anchors.snapshot import Snapshot
from trust.anchors.trust_list import Standing
from trust.validation import paths
from trust.validation.assess import SignatureFindings

# Where no trusted path says whose authority it was, the issuer's own country does; only this question rests on it
TERRITORY_OF = {"HK": "HK", "MO": "MO", "CN": "CN-44"}


def of_signature(
    found: SignatureFindings, snapshot: Snapshot, standings: tuple[Standing, ...]
) -> MutualRecognition | None:
    """The answer, as of the moment at which the signature was examined; None where no list can be asked."""
    if found.facts.is_stamp or not found.facts.cms.signer or not standings:
        return None
    territory = found.chain.anchor.territory if found.chain.anchor is not None else _claimed(found.facts.cms.signer)
    if not territory:
        return None
    path = found.chain.path.certificates if found.chain.path is not None else (found.facts.cms.signer,)
    return recognition.assess(path, territory=territory, at=found.at, lists=snapshot.lists, standings=standings)


def as_json(found: MutualRecognition | None) -> dict[str, Any] | None:
    """The answer for a report."""
    if found is None:
        return None
    return {
        "territory": found.territory,
        "scheme": found.scheme or None,
        "conclusion": found.conclusion.value,
        "reason": found.reason or None,
        "entry": found.entry or None,
        "list": found.list_digest or None,
        "conditions": [
            {"condition": each.name, "outcome": each.outcome.value, "reason": each.reason or None}
            for each in found.conditions
        ],
    }


def standing_as_json(found: Standing) -> dict[str, Any]:
    """How a list stood when the report was made."""
    return {
        "territory": found.territory,
        "state": found.state.value,
        "reason": found.reason or None,
        "sequence": found.sequence,
        "list": found.digest or None,
    }


def _claimed(leaf: bytes) -> str:
    certificate = paths.load(leaf)
    if certificate is None:
        return ""
    countries = certificate.issuer.get_attributes_for_oid(NameOID.COUNTRY_NAME)
    return TERRITORY_OF.get(str(countries[0].value), "") if countries else ""
