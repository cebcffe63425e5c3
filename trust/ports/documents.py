"""Where records and their bytes are kept."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

from trust.audit.event import Event
from trust.documents.record import Record


class Records(Protocol):
    """The records of all agencies."""

    def add(self, record: Record) -> bool:
        """Keep a new record; False if its agency used the key before."""
        ...

    def save(self, record: Record) -> bool:
        """Keep a record's new state, unless it was sealed or refused meanwhile."""
        ...

    def find(self, record_id: str) -> Record | None:
        """A record by its id."""
        ...

    def by_idempotency_key(self, agency: str, key: str) -> Record | None:
        """The record that this agency issued under this key."""
        ...

    def with_prefix(self, agency: str, prefix: str) -> tuple[Record, ...]:
        """The records that this agency issued under keys that begin so, in the order of their keys."""
        ...

    def by_code(self, code: str) -> Record | None:
        """The sealed record behind a verification code."""
        ...

    def of(self, subject: str, *, limit: int) -> tuple[Record, ...]:
        """A person's sealed records, newest first."""
        ...

    def due(self, *, at: datetime, limit: int) -> tuple[Record, ...]:
        """Records whose sealing is to be tried again."""
        ...


class AuditTrail(Protocol):
    """Keeps events in the transaction that they tell of."""

    def record(self, what: Event) -> None:
        """Keep one."""
        ...


class Unit(Protocol):
    """One open transaction."""

    @property
    def records(self) -> Records:
        """The records."""
        ...

    @property
    def audit(self) -> AuditTrail:
        """The trail."""
        ...

    def commit(self) -> None:
        """Keep what was done; leaving without it undoes everything."""
        ...


class Work(Protocol):
    """Opens transactions; never held across anything slow."""

    def __call__(self, *, write: bool) -> AbstractContextManager[Unit]:
        """A transaction."""
        ...


class Blobs(Protocol):
    """Bytes under their digest, unreadable at rest."""

    def put(self, content: bytes) -> str:
        """Keep them; gives their digest. Keeping the same twice keeps them once."""
        ...

    def get(self, digest: str) -> bytes:
        """The bytes; raises LookupError where there are none."""
        ...


NewToken = Callable[[], str]
