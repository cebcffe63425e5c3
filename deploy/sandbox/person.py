"""A person of the sandbox: what home holds, what Guangdong holds, and the words that open both."""

from datetime import date

from gateway.frozen import Frozen
from gateway.identity.document import DocumentType
from gateway.identity.region import Region


class HomeRecord(Frozen):
    """What the region of home holds: a HKID or a BIR, and for some in Macau the permit as well."""

    number: str
    latin_name: str
    chinese_name: str | None
    chinese_name_verified: bool = True
    sex: str  # M or F
    birth_date: date
    permit: tuple[DocumentType, str] | None = None


class GuangdongAccount(Frozen):
    """What Guangdong's platform holds."""

    code: str  # useridcode
    name: str
    document: tuple[DocumentType, str]
    sex: str  # 1 or 2
    birth_date: date | None
    level: str
    version: int = 1


class Person(Frozen):
    """One person of the sandbox; `login` and `password` open every simulator."""

    id: str
    region: Region
    login: str
    password: str
    home: HomeRecord
    guangdong: GuangdongAccount | None
    story: str  # in English
    story_zh: str  # in Traditional Chinese
    expect: str  # what a first binding comes to: match, mismatch, manual, or no_account

    @property
    def name(self) -> str:
        """As shown on the sandbox's pages."""
        return f"{self.home.chinese_name} {self.home.latin_name}" if self.home.chinese_name else self.home.latin_name
