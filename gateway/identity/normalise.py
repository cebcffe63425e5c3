"""Reading dates and sexes as regions write them; what cannot be read is None, never a guess."""

import re
from collections.abc import Mapping
from datetime import date

from gateway.identity.assertion import Sex

_DATE = re.compile(r"([0-9]{4})(-?)([0-9]{2})\2([0-9]{2})", re.ASCII)
# M and F as on travel documents (ICAO 9303), 1 and 2 as in GB/T 2261.1
SEXES: Mapping[str, Sex] = {
    "M": Sex.MALE,
    "F": Sex.FEMALE,
    "MALE": Sex.MALE,
    "FEMALE": Sex.FEMALE,
    "1": Sex.MALE,
    "2": Sex.FEMALE,
}


def read_date(text: str) -> date | None:
    """A day written year first, with or without hyphens (ISO 8601); other orders are ambiguous and refused."""
    found = _DATE.fullmatch(text.strip())
    if found is None:
        return None
    try:
        return date(int(found[1]), int(found[3]), int(found[4]))
    except ValueError:
        return None


def read_sex(text: str) -> Sex | None:
    """The sex as a document states it."""
    return SEXES.get(text.strip().upper())
