"""Identity documents: a type code and a number, always together.

The number's form cannot tell the type: `MA` and seven digits is both a Macau passport and a permit.
"""

from dataclasses import dataclass, field
from enum import StrEnum


class DocumentType(StrEnum):
    """Types the gateway knows. What a target system calls them is a table in that system's connector."""

    HKID = "hkid"
    MO_BIR = "mo_bir"
    HOME_RETURN_PERMIT = "hmt_permit"
    HOME_RETURN_PERMIT_NON_CHINESE = "hmt_permit_non_cn"
    RESIDENCE_PERMIT = "hmt_residence"
    PRC_ID = "prc_id"
    HK_PASSPORT = "hk_passport"
    MO_PASSPORT = "mo_passport"
    OTHER_PASSPORT = "other_passport"


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A document in canonical form. The number is never printed."""

    type: DocumentType
    number: str = field(repr=False)
    renewal: int | None = None  # how often a Home Return Permit was replaced; not part of its identity
