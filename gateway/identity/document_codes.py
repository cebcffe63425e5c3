"""What other systems call a document type. A type without a code is refused, never given a neighbour's code."""

from collections.abc import Mapping
from types import MappingProxyType

from gateway.identity.document import DocumentType

# GA/T 2000.156-2016 as publicly enumerated. HKID, BIR, the residence permit and the permit for
# residents who are not Chinese citizens have no code there.
GA_T_2000_156: Mapping[DocumentType, str] = MappingProxyType(
    {
        DocumentType.PRC_ID: "111",
        DocumentType.OTHER_PASSPORT: "414",
        DocumentType.HK_PASSPORT: "420",
        DocumentType.MO_PASSPORT: "421",
        DocumentType.HOME_RETURN_PERMIT: "516",
    }
)


def code_for(type_: DocumentType, table: Mapping[DocumentType, str]) -> str | None:
    """The target system's code, or None: then the document cannot be sent there."""
    return table.get(type_)


def type_for(code: str, table: Mapping[DocumentType, str]) -> DocumentType | None:
    """The type that this code means in the target system, or None if it means none that we know."""
    return next((type_ for type_, known in table.items() if known == code), None)
