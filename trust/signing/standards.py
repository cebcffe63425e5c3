"""What a seal does to PDF/A and PDF/UA, as far as a document claims to keep to them (ISO 19005-2, -3; ISO 14289-1).

Whether the document kept to its standard before is not asked here; only what sealing adds is judged, by the clauses
that speak of it. What cannot be judged without a whole validator is `not_checked`, with its reason.
"""

from typing import Literal

from trust.frozen import Frozen

KEPT_BY_DESIGN = frozenset({"PDF/A-2a", "PDF/A-2b", "PDF/A-2u", "PDF/A-3a", "PDF/A-3b", "PDF/A-3u"})


class Standing(Frozen):
    """One standard that the document claims."""

    claimed: str  # as the metadata name it: PDF/A-3a, PDF/UA-1
    kept: Literal["kept", "broken", "not_checked"]
    why: str = ""


class Addition(Frozen):
    """What sealing added."""

    visible: bool
    image: bool
    tagged: bool  # the mark has its place in the structure tree
    rewritten: bool  # the document was written anew before


def standings(claims: tuple[str, ...], added: Addition) -> tuple[Standing, ...]:
    """One for each claim."""
    return tuple(_standing(claim, added) for claim in claims)


def _standing(claim: str, added: Addition) -> Standing:
    if added.rewritten:
        return Standing(claimed=claim, kept="not_checked", why="written_anew")
    if claim == "PDF/UA-1":
        # ISO 14289-1 §7.18.1: an annotation that is shown stands in the structure tree
        if added.visible and not added.tagged:
            return Standing(claimed=claim, kept="broken", why="seal_outside_the_structure")
        return Standing(claimed=claim, kept="kept")
    if claim in KEPT_BY_DESIGN:
        # ISO 19005-2 §6.2.4 and §6.2.11: colours of the mark are ICC-based and its font is embedded; §6.3: the field is
        # printed, and has an appearance where it has a size; §6.4.3: the signature covers the file and is in DER
        if added.image:
            return Standing(claimed=claim, kept="not_checked", why="image_in_the_seal")
        return Standing(claimed=claim, kept="kept")
    return Standing(claimed=claim, kept="not_checked", why="no_rules_for_it")
