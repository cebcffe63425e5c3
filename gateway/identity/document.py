"""Identity documents: a type code and a number, always together.

The number's form cannot tell the type: `MA` and seven digits is both a Macau passport and a permit.
"""

from enum import StrEnum

from gateway.frozen import Frozen, Hidden


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


class Document(Frozen):
    """A document in canonical form. The number is never printed."""

    type: DocumentType
    number: Hidden[str]
    renewal: int | None = None  # how often a Home Return Permit was replaced; not part of its identity
