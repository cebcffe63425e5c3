"""What a region told us about a person: verified, typed, and otherwise untouched."""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from gateway.identity.document import Document
from gateway.identity.region import Region


class Sex(StrEnum):
    FEMALE = "F"
    MALE = "M"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChineseName:
    """A name in Han characters as the region wrote it; `verified` is the region's own word."""

    text: str = field(repr=False)
    verified: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Attributes:
    """Personal attributes as a region holds them. Never printed: every field is left out of `repr`."""

    documents: tuple[Document, ...] = field(default=(), repr=False)
    birth_date: date | None = field(default=None, repr=False)
    sex: Sex | None = field(default=None, repr=False)
    chinese_name: ChineseName | None = field(default=None, repr=False)
    latin_name: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionAssertion:
    """One act of authentication at a region, after its signature, audience and freshness were checked.

    `issuer` and `subject` together name the person at that region; `method` is the region's own word for how the
    person signed in (graded by `identity.assurance`); `version` changes when the region's record of the person does.
    `attributes` is None when only authentication was asked for.
    """

    region: Region
    issuer: str
    subject: str = field(repr=False)
    method: str
    authenticated_at: datetime
    attributes: Attributes | None = None
    version: str | None = None
