"""Whether the records of two regions are of one person: match, mismatch, or a person must decide.

1. Both records must have been checked by somebody, and the Guangdong account must hold a permit of the home region.
2. A document number, where both hold the same type: equal, or it is not the same person.
3. Birth date and sex must both be there and be equal.
4. Names only confirm. A Chinese name that its own region has not verified confirms nothing alone.

Every outcome lists its reasons in this order. Nothing is decided by likeness.
"""

from collections.abc import Iterable

from gateway.frozen import Frozen
from gateway.identity.assertion import Attributes
from gateway.identity.document import Document, DocumentType
from gateway.identity.document_number import date_in
from gateway.identity.person_name import Likeness, Simplify, compare_chinese, compare_latin

PERMITS = frozenset(
    {DocumentType.HOME_RETURN_PERMIT, DocumentType.HOME_RETURN_PERMIT_NON_CHINESE, DocumentType.RESIDENCE_PERMIT}
)


class Match(Frozen):
    reasons: tuple[str, ...]


class Mismatch(Frozen):
    reasons: tuple[str, ...]


class Manual(Frozen):
    """A person must decide, at a counter or over the documents."""

    reasons: tuple[str, ...]


Decision = Match | Mismatch | Manual

# What speaks for the same person, what leaves it open, and what speaks against it. Pages translate each.
CONFIRMS = (
    "document_number_equal",
    "permit_renewed",
    "birth_date_equal",
    "sex_equal",
    "chinese_name_equal",
    "latin_name_equal",
)
NOTES = ("no_shared_document", "chinese_name_variant", "names_not_compared")
OPEN = (
    "record_unproved",
    "no_permit_at_guangdong",
    "permit_of_another_region",
    "permit_date_differs",
    "birth_date_missing",
    "sex_missing",
    "chinese_name_ambiguous",
    "chinese_name_unverified",
    "chinese_name_differs_unverified",
    "chinese_name_changed",
    "latin_name_differs",
    "names_not_comparable",
)
AGAINST = ("document_number_differs", "birth_date_differs", "sex_differs", "chinese_name_differs")
REASONS = (*CONFIRMS, *NOTES, *OPEN, *AGAINST)


def decide(home: Attributes, guangdong: Attributes, simplify: Simplify, *, proved: bool = True) -> Decision:
    """The decision and its reasons. `proved` is false when either record is only self-asserted."""
    reasons = [] if proved else ["record_unproved"]
    reasons += _permit(home, guangdong)
    numbers = _numbers(home.documents, guangdong.documents)
    reasons += numbers
    reasons += _facts(home, guangdong)
    reasons += _names(home, guangdong, simplify, number_equal="document_number_equal" in numbers)
    found = tuple(reasons)
    if any(reason in AGAINST for reason in found):
        return Mismatch(reasons=found)
    if any(reason in OPEN for reason in found):
        return Manual(reasons=found)
    return Match(reasons=found)


def _permit(home: Attributes, guangdong: Attributes) -> Iterable[str]:
    """Only a holder of a permit can be bound (agreement of 2 November 2023)."""
    permits = [document for document in guangdong.documents if document.type in PERMITS]
    if not permits:
        return ["no_permit_at_guangdong"]
    reasons = []
    if not all(_of_home(permit, home) for permit in permits):
        reasons.append("permit_of_another_region")
    dates = {date_in(p.number) for p in permits if p.type is DocumentType.RESIDENCE_PERMIT}
    if dates and guangdong.birth_date is not None and dates != {guangdong.birth_date}:
        reasons.append("permit_date_differs")
    return reasons


def _of_home(permit: Document, home: Attributes) -> bool:
    """H and 81 are Hong Kong's, M and 82 Macau's; a home that names neither cannot be contradicted."""
    held = {document.type for document in home.documents}
    hong_kong = permit.number.startswith(("H", "81"))
    if DocumentType.HKID in held and DocumentType.MO_BIR not in held:
        return hong_kong
    if DocumentType.MO_BIR in held and DocumentType.HKID not in held:
        return not hong_kong
    return True


def _numbers(home: Iterable[Document], guangdong: Iterable[Document]) -> list[str]:
    pairs = [(a, b) for a in home for b in guangdong if a.type is b.type]
    if not pairs:
        return ["no_shared_document"]
    equal = [(a, b) for a, b in pairs if a.number == b.number]
    if {a.type for a, _ in pairs} - {a.type for a, _ in equal}:
        return ["document_number_differs"]
    renewed = any(a.renewal is not None and b.renewal is not None and a.renewal != b.renewal for a, b in equal)
    return ["document_number_equal", "permit_renewed"] if renewed else ["document_number_equal"]


def _facts(home: Attributes, guangdong: Attributes) -> Iterable[str]:
    for name, ours, theirs in (
        ("birth_date", home.birth_date, guangdong.birth_date),
        ("sex", home.sex, guangdong.sex),
    ):
        if ours is None or theirs is None:
            yield f"{name}_missing"
        else:
            yield f"{name}_equal" if ours == theirs else f"{name}_differs"


def _names(home: Attributes, guangdong: Attributes, simplify: Simplify, *, number_equal: bool) -> list[str]:
    chinese, latin = _chinese(home, guangdong, simplify), _latin(home, guangdong)
    if number_equal:  # names only confirm: what the number has settled they need not settle again
        chinese = [_BESIDE_A_NUMBER.get(reason, reason) for reason in chinese]
        return [*chinese, *latin] or ["names_not_compared"]
    if "latin_name_equal" in latin and chinese == ["chinese_name_unverified"]:
        return latin  # a verified name stands beside the unverified one, so that one is not alone
    return [*chinese, *latin] or ["names_not_comparable"]


_BESIDE_A_NUMBER = {
    "chinese_name_ambiguous": "chinese_name_variant",
    "chinese_name_unverified": "chinese_name_equal",
    "chinese_name_differs": "chinese_name_changed",
}


def _chinese(home: Attributes, guangdong: Attributes, simplify: Simplify) -> list[str]:
    ours, theirs = home.chinese_name, guangdong.chinese_name
    if ours is None or theirs is None:
        return []
    likeness = compare_chinese(ours.text, theirs.text, simplify)
    if likeness is Likeness.AMBIGUOUS:
        return ["chinese_name_ambiguous"]
    verified = ours.verified and theirs.verified
    if likeness is Likeness.EQUAL:
        return ["chinese_name_equal" if verified else "chinese_name_unverified"]
    return ["chinese_name_differs" if verified else "chinese_name_differs_unverified"]


def _latin(home: Attributes, guangdong: Attributes) -> list[str]:
    if home.latin_name is None or guangdong.latin_name is None:
        return []
    same = compare_latin(home.latin_name, guangdong.latin_name) is Likeness.EQUAL
    return ["latin_name_equal" if same else "latin_name_differs"]
