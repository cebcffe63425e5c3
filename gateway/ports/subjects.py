"""What is kept of the names by which agencies knew people before they came here."""

from collections.abc import Iterable
from typing import Protocol

from gateway.identity.earlier_subject import KnownAs
from gateway.identity.identifier import Identifier


class EarlierSubjects(Protocol):
    def any_of(self, agency: str) -> bool:
        """Whether any were imported for this agency."""
        ...

    def of(self, agency: str, account: str) -> str | None: ...

    def find(self, agency: str, subject: str) -> KnownAs | None: ...

    def person(self, identity: Identifier) -> str:
        """The keyed hash that stands for this identity."""
        ...

    def add(self, agency: str, subject: str, known: KnownAs) -> bool:
        """In one statement; False when the name, or the person at this agency, is there already."""
        ...

    def waiting(self, identities: Iterable[Identifier]) -> tuple[tuple[str, str], ...]:
        """Agency and subject of those that wait for somebody to bind one of these identities."""
        ...

    def settle(self, agency: str, subject: str, account: str) -> None:
        """The person came: it is this account's."""
        ...

    def forget_person(self, account: str) -> None:
        """Which identity this account's names once waited for."""
        ...

    def list(self, agency: str) -> tuple[tuple[str, KnownAs], ...]: ...
