"""A binding: this identity of home and that Guangdong account are one person, by that person's own will.

Explicit, per person, revocable, and holding no more than the agencies may be told.
Among the active ones a home identity has one Guangdong account, and a Guangdong account one identity of an issuer.
"""

from datetime import datetime
from enum import StrEnum

from gateway.frozen import Frozen, Hidden
from gateway.identity.assertion import Attributes, RegionAssertion
from gateway.identity.assurance import Level
from gateway.identity.document import Document, DocumentType
from gateway.identity.identifier import Identifier, guangdong_account, home_subject
from gateway.identity.region import Region

PERMITS = (
    DocumentType.HOME_RETURN_PERMIT,
    DocumentType.HOME_RETURN_PERMIT_NON_CHINESE,
    DocumentType.RESIDENCE_PERMIT,
)


class Method(StrEnum):
    """On whose word the two were taken for one person."""

    COMPARED = "compared"  # the rule of identity.matching
    DECIDED = "decided"  # an operator, after the rule would not


class Ended(StrEnum):
    """Why a binding is no longer active."""

    UNDONE = "undone"  # by the person
    SUPERSEDED = "superseded"  # a newer binding of the same person took its place
    REVOKED = "revoked"  # by an operator


class Profile(Frozen):
    """The attributes kept so that agencies can be told without asking the regions again. Sealed at rest.

    Taken from the home's word where it has one; the travel document comes from Guangdong.
    """

    home: Hidden[Attributes]
    travel_document: Hidden[Document | None] = None


class Binding(Frozen):
    """`level` is what the comparison is worth, `guangdong_level` what the account is worth, both as acr.

    `home_level` is what the sign-in at home was worth with which it was bound.
    """

    id: str
    account: str
    home: Region
    home_identity: Identifier
    guangdong_identity: Identifier
    guangdong_version: str | None
    level: str
    guangdong_level: str
    method: Method
    reasons: tuple[str, ...]  # what was compared and agreed, as slugs
    evidence: str | None  # the review behind DECIDED
    consent: str  # id of the binding's own consent record
    profile: Hidden[Profile]
    bound_at: datetime
    ended_at: datetime | None = None
    ended: Ended | None = None
    home_level: str = Level.SELF_ASSERTED.acr


KEPT = (
    "home_identifier",
    "guangdong_identifier",
    "names",
    "birth_date",
    "sex",
    "home_document",
    "travel_document",
    "level",
    "bound_at",
)


def identities(home: RegionAssertion, guangdong: RegionAssertion) -> tuple[Identifier, Identifier]:
    return home_subject(home.issuer, home.subject), guangdong_account(guangdong.issuer, guangdong.subject)


def profile(home: RegionAssertion, guangdong: RegionAssertion) -> Profile:
    """What is kept of two assertions: the home's attributes, and the travel document Guangdong knows."""
    held = guangdong.attributes.documents if guangdong.attributes is not None else ()
    permit = next((document for kind in PERMITS for document in held if document.type is kind), None)
    return Profile(home=home.attributes or Attributes(), travel_document=permit)


def kept(profile: Profile) -> tuple[str, ...]:
    """The names of what this binding will keep, for the page that asks; values are not shown again."""
    present = {
        "names": profile.home.chinese_name is not None or profile.home.latin_name is not None,
        "birth_date": profile.home.birth_date is not None,
        "sex": profile.home.sex is not None,
        "home_document": bool(profile.home.documents),
        "travel_document": profile.travel_document is not None,
    }
    return tuple(name for name in KEPT if present.get(name, True))
