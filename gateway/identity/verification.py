"""How a person's claims were verified: on which platform's word, with which document, when, how surely.

It is said of the binding that the claims come from: the person signed in at the platform that holds the record, and
what the platform holds was taken as it is. No more than that is claimed, and no document's number is in it. A trust
framework is a name that an operator may set by region; no register knows one for these platforms yet, so the default is
a name of our own, and a region without a name vouches for nothing (OpenID Identity Assurance Schema §5.4).
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from types import MappingProxyType

from gateway.frozen import Frozen
from gateway.identity.assurance import Level, effective, level_of, proves_identity
from gateway.identity.binding import Binding
from gateway.identity.claim import CLAIMS, Holder
from gateway.identity.document import Document, DocumentType
from gateway.identity.region import Region

RECORD = "digital_identity_account"  # what kind of electronic record a platform holds
SIGNED_IN = "auth"  # how the record was checked: the person proved, at its holder, that it is theirs
AGAINST_RECORD = "data"  # how the document was: it is the one in the holder's record


class Voucher(Frozen):
    """A platform that vouches for people: its trust framework, its name, its place in ISO 3166 and ICAO codes."""

    trust_framework: str
    organization: str
    country: str


Vouchers = Mapping[Region, Voucher]

DEFAULT_VOUCHERS: Vouchers = MappingProxyType(
    {
        Region.HONG_KONG: Voucher(
            trust_framework="urn:gba:trust-framework:HK", organization="iAM Smart", country="HKG"
        ),
        Region.MACAU: Voucher(
            trust_framework="urn:gba:trust-framework:MO", organization="Macao One Account", country="MAC"
        ),
        Region.GUANGDONG: Voucher(
            trust_framework="urn:gba:trust-framework:CN-44",
            organization="Guangdong Unified Identity Platform",
            country="CHN",
        ),
    }
)

# The working group's words where it has one, else ours; and who issues it, None where it can be anybody.
DOCUMENTS: Mapping[DocumentType, tuple[str, str | None]] = MappingProxyType(
    {
        DocumentType.HKID: ("idcard", "HKG"),
        DocumentType.MO_BIR: ("idcard", "MAC"),
        DocumentType.PRC_ID: ("idcard", "CHN"),
        DocumentType.HK_PASSPORT: ("passport", "HKG"),
        DocumentType.MO_PASSPORT: ("passport", "MAC"),
        DocumentType.OTHER_PASSPORT: ("passport", None),
        DocumentType.HOME_RETURN_PERMIT: (DocumentType.HOME_RETURN_PERMIT.value, "CHN"),
        DocumentType.HOME_RETURN_PERMIT_NON_CHINESE: (DocumentType.HOME_RETURN_PERMIT_NON_CHINESE.value, "CHN"),
        DocumentType.RESIDENCE_PERMIT: (DocumentType.RESIDENCE_PERMIT.value, "CHN"),
    }
)


def named(frameworks: Mapping[str, str]) -> Vouchers:
    """The vouchers with these trust frameworks by region's code; an empty one takes the region's word away."""
    wanted = {
        region: Voucher(
            trust_framework=frameworks.get(region.value, voucher.trust_framework),
            organization=voucher.organization,
            country=voucher.country,
        )
        for region, voucher in DEFAULT_VOUCHERS.items()
    }
    return {region: voucher for region, voucher in wanted.items() if voucher.trust_framework}


def verification(binding: Binding, holder: Holder, vouchers: Vouchers) -> dict[str, object] | None:
    """Everything that can be said of the claims on this side's word, or None when nobody vouches for them."""
    voucher = vouchers.get(binding.home if holder is Holder.HOME else Region.GUANGDONG)
    level = assured(binding, holder)
    if voucher is None or not proves_identity(level):
        return None
    return {
        "trust_framework": voucher.trust_framework,
        "assurance_level": level.acr,
        "time": _stamp(binding.bound_at),
        "evidence": [_record(voucher, binding.bound_at), *_documents(voucher, binding, holder)],
    }


def assured(binding: Binding, holder: Holder) -> Level:
    """How sure the record is: the weaker of the sign-in that opened it and of the comparison (identity.assurance)."""
    opened = binding.home_level if holder is Holder.HOME else binding.guangdong_level
    return effective(level_of(opened) or Level.SELF_ASSERTED, level_of(binding.level) or Level.SELF_ASSERTED)


def is_verified(binding: Binding, name: str) -> bool:
    """Whether the region says of this very claim that it was verified; a Chinese name carries a flag of its own."""
    written = binding.profile.home.chinese_name
    return CLAIMS[name].verifiable and (name != "chinese_name" or (written is not None and written.verified))


def _record(voucher: Voucher, at: datetime) -> dict[str, object]:
    return {
        "type": "electronic_record",
        "check_details": [{"check_method": SIGNED_IN, "organization": voucher.organization, "time": _stamp(at)}],
        "record": {"type": RECORD, "source": {"name": voucher.organization, "country_code": voucher.country}},
    }


def _documents(voucher: Voucher, binding: Binding, holder: Holder) -> list[dict[str, object]]:
    """The document in that side's record; its kind and issuer, never its number."""
    kept = binding.profile
    document: Document | None = next(iter(kept.home.documents), None)
    if holder is Holder.GUANGDONG:
        document = kept.travel_document
    if document is None:
        return []
    kind, issuer = DOCUMENTS[document.type]
    details: dict[str, object] = {"type": kind}
    if issuer is not None:
        details["issuer"] = {"country_code": issuer}
    checked = {
        "check_method": AGAINST_RECORD,
        "organization": voucher.organization,
        "time": _stamp(binding.bound_at),
    }
    return [{"type": "document", "check_details": [checked], "document_details": details}]


def _stamp(at: datetime) -> str:
    """The day, as its first moment in ISO 8601. Agencies that compared the very second, which stays the same for ever,
    would know that they speak of one person.
    """
    return at.astimezone(UTC).strftime("%Y-%m-%dT00:00:00Z")
