"""What a region told us about a person: verified, typed, and otherwise untouched."""

from datetime import date, datetime
from enum import StrEnum

from gateway.frozen import Frozen, Hidden
from gateway.identity.document import Document
from gateway.identity.region import Region


class Sex(StrEnum):
    FEMALE = "F"
    MALE = "M"


class ChineseName(Frozen):
    """A name in Han characters as the region wrote it; `verified` is the region's own word."""

    text: Hidden[str]
    verified: bool


class Attributes(Frozen):
    """Personal attributes as a region holds them. Never printed: every field is left out of `repr`."""

    documents: Hidden[tuple[Document, ...]] = ()
    birth_date: Hidden[date | None] = None
    sex: Hidden[Sex | None] = None
    chinese_name: Hidden[ChineseName | None] = None
    latin_name: Hidden[str | None] = None


class RegionAssertion(Frozen):
    """One act of authentication at a region, after its signature, audience and freshness were checked.

    `issuer` and `subject` together name the person at that region; `method` is the region's own word for how the
    person signed in (graded by `identity.assurance`); `version` changes when the region's record of the person does.
    `attributes` is None when only authentication was asked for.
    """

    region: Region
    issuer: str
    subject: Hidden[str]
    method: str
    authenticated_at: datetime
    attributes: Attributes | None = None
    version: str | None = None
