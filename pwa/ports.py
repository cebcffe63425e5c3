"""What the pages need of documents and verification; `deploy` supplies it from trust's flows."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from gateway.flows.stage_view import Next, StageView

Answer = Mapping[str, object]  # how it was answered: language, modes, controls; for the record


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedRecord:
    """A record that an agency issued for a person, as its list and its page show it."""

    id: str
    title: str = field(repr=False)
    agency: Mapping[str, str]  # the agency's name by language
    issued_at: datetime  # when it was sealed
    sha256: str
    pages: int | None
    code: str  # of the public page /v/{code}


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicRecord:
    """What anybody may know who holds the code: that it exists, whose it is to vouch for, and its fingerprint."""

    agency: Mapping[str, str]
    issued_at: datetime
    sha256: str


class Documents(Protocol):
    def of(self, account: str) -> tuple[SealedRecord, ...]:
        """Sealed records of this person, newest first."""
        ...

    def find(self, account: str, document: str) -> SealedRecord | None:
        """None as well when it belongs to somebody else."""
        ...

    def content(self, account: str, document: str) -> bytes | None:
        """The sealed PDF."""
        ...

    def by_code(self, code: str) -> PublicRecord | None:
        """By the verification code printed on the record."""
        ...


class Verification(Protocol):
    def report(self, name: str, pdf: bytes) -> Mapping[str, object]:
        """The report of one file, as `gba verify --json` prints it. Never raises for what the file holds."""
        ...

    def report_pdf(self, report: Mapping[str, object], language: str) -> bytes:
        """The same in words, as a PDF."""
        ...

    def sentence(self, reason: str, language: str) -> str:
        """What a reason means, in words."""
        ...


class Receipts(Protocol):
    def pdf(self, receipt: bytes, language: str) -> bytes:
        """A consent's receipt as a sealed PDF with its signed JSON attached."""
        ...


class SignIns(Protocol):
    """The steps of a sign-in (`gateway.flows.sign_in`). `browser` is the cookie's value."""

    def begin(self, *, browser: str, session: str | None, locale: str) -> Next:
        """The pages' own sign-in, asked for by no agency."""
        ...

    def view(self, sign_in: str, *, browser: str, locale: str) -> StageView: ...

    def choose_region(self, sign_in: str, *, browser: str, region: str, user_agent: str) -> Next: ...

    def resume(self, sign_in: str, *, browser: str) -> Next:
        """After the region delivered: on to the next stage."""
        ...

    def link(self, sign_in: str, *, browser: str, user_agent: str) -> Next: ...

    def bind(self, sign_in: str, *, browser: str, agree: bool, shown: str, answer: Answer) -> Next: ...

    def answer_claims(
        self, sign_in: str, *, browser: str, agree: bool, ticked: frozenset[str], shown: str, answer: Answer
    ) -> Next: ...

    def answer_check(self, sign_in: str, *, browser: str, agree: bool, shown: str, answer: Answer) -> Next: ...

    def proceed(self, sign_in: str, *, browser: str, user_agent: str) -> Next: ...

    def cancel(self, sign_in: str, *, browser: str) -> Next: ...

    def restart(self, sign_in: str, *, browser: str) -> Next: ...
