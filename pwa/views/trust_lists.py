"""Whom a verdict rested on: the trust lists in force, and what mutual recognition says of a certificate, in words."""

from collections.abc import Iterator, Mapping

from gateway.frozen import Frozen
from pwa.catalogues import marked as _
from pwa.views import words
from trust.anchors import sentences

# The five conditions of mutual recognition between Hong Kong and Guangdong, by the name that the report gives them.
CONDITIONS: Mapping[str, str] = {
    "recognition_period": _("Period of recognition"),
    "root": _("Root"),
    "signing_ca": _("Signing authority"),
    "certificate_type": _("Type of certificate"),
    "policy": _("Certificate policy"),
}
# What came of a condition: its colour, and a word for those who see none.
OUTCOMES: Mapping[str, tuple[str, str]] = {
    "met": ("good", _("met")),
    "not_met": ("bad", _("not met")),
    "not_checked": ("warn", _("not checked")),
}


class ConditionShown(Frozen):
    name: str
    tone: str
    outcome: str
    text: str


class Recognised(Frozen):
    """The conclusion about one certificate, with what came of each condition."""

    text: str
    conditions: tuple[ConditionShown, ...]


class ListInForce(Frozen):
    """One territory's list, as it stood when the file was checked."""

    territory: str
    issue: str
    state: str
    digest: str


def recognised(told: object, language: str) -> Recognised | None:
    """What the report says of mutual recognition, or None where it says nothing (a timestamp, an unknown signer)."""
    if not isinstance(told, Mapping):
        return None
    conclusion = sentences.of_conclusion(str(told.get("conclusion")), str(told.get("territory")), language)
    if not conclusion:
        return None
    return Recognised(
        text=conclusion, conditions=tuple(_condition(one, language) for one in each(told.get("conditions")))
    )


def _condition(one: Mapping[str, object], language: str) -> ConditionShown:
    name, outcome = str(one.get("condition")), str(one.get("outcome"))
    tone, word = OUTCOMES.get(outcome, OUTCOMES["not_checked"])
    return ConditionShown(
        name=CONDITIONS.get(name, name),
        tone=tone,
        outcome=word,
        text=sentences.of_condition(name, outcome, str(one.get("reason") or ""), language),
    )


def lists_in_force(told: object, language: str) -> tuple[ListInForce, ...]:
    """The lists of the report's snapshot."""
    return tuple(
        ListInForce(
            territory=words.REGIONS.get(str(one.get("territory")), str(one.get("territory") or "")),
            issue=str(one.get("sequence") or ""),
            state=sentences.sentence(f"list.{one.get('state')}", language),
            digest=str(one.get("list") or ""),
        )
        for one in each(told)
    )


def each(told: object) -> Iterator[Mapping[str, object]]:
    """The objects of a list in a report; anything else is passed over."""
    if isinstance(told, list | tuple):
        yield from (one for one in told if isinstance(one, Mapping))
