"""The law that a signature would stand under, condition by condition: met, not met, or not checked and why.

Which law is asked follows from whose trust list the authority is on. What a file cannot show, such as whether somebody
alone held a key, is said to be unchecked; nothing is concluded from it.
"""

from collections.abc import Callable
from enum import StrEnum
from typing import Any

from trust.frozen import Frozen
from trust.validation import paths
from trust.validation.assess import SignatureFindings
from trust.validation.facts import Change


class Outcome(StrEnum):
    """What came of one condition."""

    MET = "met"
    NOT_MET = "not_met"
    NOT_CHECKED = "not_checked"


class Answer(Frozen):
    """An outcome, with its reason unless it is met."""

    outcome: Outcome
    reason: str = ""


Condition = Callable[[SignatureFindings], Answer]
MET = Answer(outcome=Outcome.MET)


def _unchecked(reason: str) -> Condition:
    return lambda _: Answer(outcome=Outcome.NOT_CHECKED, reason=reason)


def _value_unaltered(found: SignatureFindings) -> Answer:
    if found.facts.problem or found.facts.cms.problem:
        return Answer(outcome=Outcome.NOT_CHECKED, reason="signature_unreadable")
    return MET if found.facts.cms.genuine else Answer(outcome=Outcome.NOT_MET, reason="signature_value_wrong")


def _content_unaltered(found: SignatureFindings) -> Answer:
    facts = found.facts
    if facts.problem or facts.cms.problem or facts.change is Change.UNKNOWN:
        return Answer(outcome=Outcome.NOT_CHECKED, reason="changes_not_analysable")
    if not facts.cms.intact or facts.change >= Change.ANNOTATIONS:
        return Answer(outcome=Outcome.NOT_MET, reason="content_altered")
    return MET


def _listed(found: SignatureFindings) -> Answer:
    """On the territory's list: were the authority on none, no law would be asked (`regime`)."""
    anchor = found.chain.anchor
    if anchor is not None and anchor.entry.startswith("sandbox:"):
        return Answer(outcome=Outcome.NOT_CHECKED, reason="sandbox_authority")
    return MET


def _within_validity(found: SignatureFindings) -> Answer:
    problem = found.chain.problem
    if not problem and not found.proved:
        return Answer(outcome=Outcome.NOT_CHECKED, reason="time_not_proved")
    if problem in ("REVOKED_NO_POE", "NOT_YET_VALID", "OUT_OF_BOUNDS_NO_POE"):
        state = Outcome.NOT_MET if found.proved else Outcome.NOT_CHECKED
        return Answer(outcome=state, reason="certificate_not_valid_then" if found.proved else "time_not_proved")
    return Answer(outcome=Outcome.NOT_CHECKED, reason="certificate_status_unknown") if problem else MET


def _names_signer(found: SignatureFindings) -> Answer:
    known = paths.load(found.facts.cms.signer) if found.facts.cms.signer else None
    return MET if known is not None else Answer(outcome=Outcome.NOT_CHECKED, reason="certificate_missing")


# territory → the law, and its conditions by the article each stands in
REGIMES: dict[str, tuple[str, dict[str, Condition]]] = {
    "CN-44": (
        "PRC Electronic Signature Law, Art. 13 and 14",
        {
            "art_13_1_data_exclusive_to_signatory": _unchecked("not_shown_by_a_file"),
            "art_13_2_sole_control_when_signing": _unchecked("not_shown_by_a_file"),
            "art_13_3_later_alteration_of_signature_detectable": _value_unaltered,
            "art_13_4_later_alteration_of_content_detectable": _content_unaltered,
            "art_16_certified_by_licensed_authority": _listed,
        },
    ),
    "HK": (
        "Electronic Transactions Ordinance (Cap. 553), s. 6(1A)",
        {
            "s_6_1a_a_recognized_certificate": _listed,
            "s_6_1a_b_within_validity_of_certificate": _within_validity,
            "s_6_1a_c_used_as_certificate_terms_allow": _unchecked("terms_not_machine_readable"),
            "s_2_digital_signature_shows_alteration": _content_unaltered,
        },
    ),
    "MO": (
        "Law 5/2005 of Macao",
        {
            "identifies_signatory": _names_signer,
            "sole_control_of_means": _unchecked("not_shown_by_a_file"),
            "later_alteration_detectable": _content_unaltered,
            "qualified_certificate_of_accredited_entity": _listed,
            "secure_signature_device": _unchecked("not_shown_by_a_file"),
        },
    ),
}


def regime(found: SignatureFindings) -> dict[str, Any] | None:
    """The law's conditions for a report; None for a timestamp, and where no territory's list names the authority."""
    anchor = found.chain.anchor
    if found.facts.is_stamp or anchor is None or anchor.territory not in REGIMES:
        return None
    law, conditions = REGIMES[anchor.territory]
    answers = {name: condition(found) for name, condition in conditions.items()}
    return {
        "law": law,
        "conditions": [
            {"condition": name, "outcome": str(answer.outcome), "reason": answer.reason or None}
            for name, answer in answers.items()
        ],
    }
