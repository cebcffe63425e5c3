"""A biometric check that an agency may ask for, and what must be settled before it can be enabled.

Art. 28(2) of the Regulation: a clear and reasonable purpose, full necessity, separate consent, strict protection.
The measures of 2025 on face recognition: an impact assessment beforehand, and never the only way.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum

from msgspec import field

from gateway.frozen import Frozen

DETAIL_TYPE = "biometric_check"
MAX_APPLICATION = 64


class Way(StrEnum):
    """How the check was done: `method` in the granted authorization_details."""

    FACE = "face"
    CONFIRMATION_AT_HOME = "confirmation_at_home"


class Outcome(StrEnum):
    PASSED = "passed"
    FAILED = "failed"


def retention_days(record: int) -> dict[str, int]:
    """How long each piece is kept, as page and receipt say: the photo not at all, the result with its record."""
    return {"face_image": 0, "result": record, "consent_record": record}


# what stands where a purpose says nothing of its own
RETENTION_DAYS = retention_days(1096)
ALTERNATIVE: dict[str, object] = {
    "kind": Way.CONFIRMATION_AT_HOME.value,
    "same_fee": True,
    "same_time_limit": True,
}


class CheckPurpose(Frozen):
    """One configured purpose. `parameters` fill the notice, by language; each party has party_id, name and role."""

    code: str
    notice: str
    agencies: frozenset[str]
    impact_assessment: str
    necessity: Mapping[str, str]  # by language; also a parameter of the notice
    parameters: Mapping[str, Mapping[str, str]]
    legal_basis: tuple[str, ...] = ("reg-gd-28", "pipl-28", "pipl-29")
    jurisdiction: str = "CN-44"
    service_item: str | None = None
    retention_days: Mapping[str, int] = field(default_factory=RETENTION_DAYS.copy)
    parties: tuple[Mapping[str, str], ...] = ()
    alternative: Mapping[str, object] = field(default_factory=ALTERNATIVE.copy)


class CheckAsked(Frozen):
    """What an agency asked, read."""

    application: str
    purpose: str


def objection_to_enable(purpose: CheckPurpose) -> str | None:
    """Why this purpose cannot be switched on, or None if it can."""
    if not purpose.impact_assessment.strip():
        return "impact_assessment_missing"  # PIPL 55, 56; the measures of 2025
    if not purpose.necessity or not all(text.strip() for text in purpose.necessity.values()):
        return "necessity_missing"  # Art. 28(2)
    if not purpose.agencies:
        return "purpose_of_nobody"
    if purpose.alternative.get("kind") is None:
        return "alternative_missing"  # never the only way
    return None


def read(details: Sequence[Mapping[str, object]]) -> CheckAsked | str | None:
    """The check among the authorization details (RFC 9396); a string is the reason why it cannot be read."""
    found = [detail for detail in details if detail.get("type") == DETAIL_TYPE]
    if not found:
        return None
    if len(found) > 1:
        return "more_than_one_check"
    application, purpose = found[0].get("application"), found[0].get("purpose")
    if not isinstance(application, str) or not 0 < len(application) <= MAX_APPLICATION or not application.isprintable():
        return "check_application_unclear"
    if not isinstance(purpose, str) or not purpose:
        return "check_purpose_unclear"
    return CheckAsked(application=application, purpose=purpose)


def objection(asked: CheckAsked, agency: str, purposes: Mapping[str, CheckPurpose]) -> str | None:
    """Why this agency cannot have this check, or None if it can be asked of the person."""
    purpose = purposes.get(asked.purpose)
    if purpose is None:
        return "check_purpose_unknown"
    if agency not in purpose.agencies:
        return "check_purpose_of_another"
    return objection_to_enable(purpose)


def granted(asked: CheckAsked, *, way: Way, outcome: Outcome, consent: str) -> dict[str, object]:
    """What the agency is told: the result and whose record it rests on, nothing of a face."""
    return {
        "type": DETAIL_TYPE,
        "application": asked.application,
        "purpose": asked.purpose,
        "method": way.value,
        "outcome": outcome.value,
        "consent": consent,
    }
