"""A document's number in canonical form, or what is wrong with it.

The type comes from the issuer, never from the form of the number: several types share a form.
"""

import re
import unicodedata
from collections.abc import Callable
from datetime import date

from gateway.identity.check_digits import gb11643_check_digit, hkid_check_digit
from gateway.identity.document import Document, DocumentType

LONGEST = 32  # characters; anything longer is not a document number
PERMIT_KEY = 9  # characters of a Home Return Permit that stay the same across renewals
RESIDENCE_AREAS = ("810000", "820000")  # Hong Kong, Macau

_IGNORED = re.compile(r"[\s()/\-.]+")
_HKID = re.compile(r"([A-Z]{1,2}[0-9]{6})([0-9A])", re.ASCII)
_FORMS: dict[DocumentType, re.Pattern[str]] = {
    DocumentType.HKID: _HKID,
    DocumentType.MO_BIR: re.compile(r"[0-9]{8}", re.ASCII),
    DocumentType.HOME_RETURN_PERMIT: re.compile(r"[HM][0-9]{8}(?:[0-9]{2})?", re.ASCII),
    DocumentType.HOME_RETURN_PERMIT_NON_CHINESE: re.compile(r"[HM]A[0-9]{7}(?:[0-9]{2})?", re.ASCII),
    DocumentType.RESIDENCE_PERMIT: re.compile(r"8[12]0000[0-9]{11}[0-9X]", re.ASCII),
    DocumentType.PRC_ID: re.compile(r"[1-7][0-9]{16}[0-9X]", re.ASCII),
    DocumentType.HK_PASSPORT: re.compile(r"[HK][0-9]{8}|[HK][A-Z][0-9]{7}", re.ASCII),
    DocumentType.MO_PASSPORT: re.compile(r"M[A-Z][0-9]{7}", re.ASCII),
    DocumentType.OTHER_PASSPORT: re.compile(r"[A-Z0-9]{5,15}", re.ASCII),
}
_PERMITS = (DocumentType.HOME_RETURN_PERMIT, DocumentType.HOME_RETURN_PERMIT_NON_CHINESE)


def _hkid_holds(number: str) -> bool:
    return hkid_check_digit(number[:-1]) == number[-1]


def _gb11643_holds(number: str) -> bool:
    return gb11643_check_digit(number[:17]) == number[17]


def date_in(number: str) -> date | None:
    """The birth date inside a GB 11643 number, or None if there is no such day."""
    try:
        return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None


# type → what must hold beyond the form, first broken rule first
_RULES: dict[DocumentType, dict[str, Callable[[str], bool]]] = {
    DocumentType.HKID: {"check_digit_wrong": _hkid_holds},
    DocumentType.RESIDENCE_PERMIT: {
        "date_impossible": lambda number: date_in(number) is not None,
        "check_digit_wrong": _gb11643_holds,
    },
    DocumentType.PRC_ID: {
        "date_impossible": lambda number: date_in(number) is not None,
        "check_digit_wrong": _gb11643_holds,
    },
}


def objection(type_: DocumentType, text: str) -> str | None:
    """What is wrong with `text` as a number of this type, or None."""
    if len(text) > LONGEST:
        return "too_long"
    number = _plain(text)
    if _FORMS[type_].fullmatch(number) is None:
        return "form_wrong"
    return next((name for name, holds in _RULES.get(type_, {}).items() if not holds(number)), None)


def read(type_: DocumentType, text: str) -> Document | None:
    """The document in canonical form; None when `objection` has one.

    A permit's canonical number is its first nine characters, which outlive every renewal; the two digits that may
    follow count the renewals.
    """
    if objection(type_, text) is not None:
        return None
    number = _plain(text)
    if type_ in _PERMITS:
        count = number[PERMIT_KEY:]
        return Document(type=type_, number=number[:PERMIT_KEY], renewal=int(count) if count else None)
    return Document(type=type_, number=number)


def _plain(text: str) -> str:
    """Full-width forms folded; spaces, brackets, slashes and hyphens are writing, not number."""
    return _IGNORED.sub("", unicodedata.normalize("NFKC", text)).upper()
