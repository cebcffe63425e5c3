"""The fixed part of a consent record: header, processing and parties (ISO/IEC TS 27560 §6).

Names and numbers of the person are not in it: only ids, slugs, places and terms.
"""

from collections.abc import Mapping, Sequence

from gateway.identity.check import CheckAsked, CheckPurpose
from gateway.identity.claim import ASKABLE
from gateway.identity.claims_choice import WeighedClaim
from gateway.identity.consent import SCHEMA, Kind
from gateway.identity.region import Region

Head = dict[str, object]
Party = Mapping[str, str]
IDENTITY_PROVIDERS = {Region.HONG_KONG: "iam-smart", Region.MACAU: "one-account", Region.GUANGDONG: "guangdong"}


def header(*, kind: Kind, subject_ref: str, home: Region, acr: str, session: str, authenticated_at: str) -> Head:
    """Who, under which pseudonym, signed in where and how surely."""
    return {
        "schema_version": SCHEMA,
        "kind": kind.value,
        "subject_ref": subject_ref,
        "home_idp": IDENTITY_PROVIDERS[home],
        "assurance_level": acr,
        "session_ref": session,
        "auth_event_at": authenticated_at,
        "acting_for": None,
        "consent_type": "explicit-separate",
    }


def home_of(head: Mapping[str, object]) -> Region | None:
    """Where the person had signed in who was asked."""
    top = head.get("header")
    named = top.get("home_idp") if isinstance(top, Mapping) else None
    return next((region for region, provider in IDENTITY_PROVIDERS.items() if provider == named), None)


def for_binding(*, kept: Sequence[str], home: Region, withdrawal: str) -> Head:
    return {
        "purpose_code": "account-binding",
        "legal_basis": ["pipl-13", "pipl-29", "agreement-cross-boundary-services-2023"],
        "data_types": [{"type": name, "sensitive": name.endswith("document")} for name in kept],
        "storage_locations": ["gateway"],
        "jurisdiction": Region.GUANGDONG.value,
        "cross_border": {"from": home.value, "to": Region.GUANGDONG.value},
        "retention": "until_undone",
        "withdrawal_uri": withdrawal,
    }


def for_claims(weighed: Sequence[WeighedClaim], *, binding: str, destination: str, days: int, withdrawal: str) -> Head:
    return {
        "purpose_code": "tell-agency",
        "binding": binding,
        "legal_basis": sorted({claim.ground or "consent" for claim in weighed if claim.lawful}),
        "data_types": [
            {
                "type": claim.name,
                "sensitive": ASKABLE[claim.name].sensitive,
                "optional": not claim.essential,
                "from": claim.source,
                "to": claim.destination,
            }
            for claim in weighed
            if claim.lawful
        ],
        "processing_locations": [destination],
        "jurisdiction": destination,
        "valid_days": days,
        "withdrawal_uri": withdrawal,
    }


def for_check(asked: CheckAsked, purpose: CheckPurpose, *, withdrawal: str) -> Head:
    return {
        "purpose_code": purpose.code,
        "application_ref": asked.application,
        "service_item_code": purpose.service_item,
        "legal_basis": list(purpose.legal_basis),
        "necessity_text_key": f"{purpose.notice}#n4",
        "impact_text_key": f"{purpose.notice}#n5",
        "data_types": [{"type": "face_image", "sensitive": True, "optional": True}],
        "check_kind": "1:1",
        "retention_days": dict(purpose.retention_days),
        "jurisdiction": purpose.jurisdiction,
        "alternative_offered": dict(purpose.alternative),
        "impact_assessment_ref": purpose.impact_assessment,
        "complaint_authorities": ["12345", "pcpd-hk", "dspdp-mo"],
        "withdrawal_uri": withdrawal,
    }


def head(top: Head, processing: Head, parties: Sequence[Party]) -> Head:
    return {"header": top, "processing": processing, "parties": [dict(party) for party in parties]}
