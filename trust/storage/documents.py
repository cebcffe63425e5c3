"""Records in the database: rows to values and back, by hand."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any, Protocol, TypeVar

import sqlalchemy as sa

from trust.documents.record import Record, State
from trust.storage.instants import from_micros, to_micros
from trust.storage.once import insert_once
from trust.storage.tables import documents

A = TypeVar("A")
B = TypeVar("B")


class Vault(Protocol):
    """Seals personal data at rest."""

    def seal(self, plain: bytes, *, context: str) -> bytes:
        """The value, readable again only for this context."""
        ...

    def open(self, sealed: bytes, *, context: str) -> bytes:
        """The value that was sealed."""
        ...


class SqlRecords:
    """Satisfies the Records port over one connection."""

    def __init__(self, connection: sa.Connection, vault: Vault) -> None:
        self._connection = connection
        self._vault = vault

    def add(self, record: Record) -> bool:
        """Keep a new record; False if its agency used the key before."""
        title = json.dumps(dict(record.title), ensure_ascii=False).encode()
        sealed = self._vault.seal(title, context=_context(record.id))
        row = {
            "id": record.id,
            "agency": record.agency,
            "subject": record.subject,
            "kind": record.kind,
            "language": record.language,
            "code": record.code,
            "idempotency_key": record.idempotency_key,
            "request_digest": record.request_digest,
            "received_digest": record.received_digest,
            "received_at": to_micros(record.received_at),
            "sealed": sealed,
            **_changing(record),
        }
        return insert_once(self._connection, documents, row)

    def save(self, record: Record) -> bool:
        """Keep a record's new state, unless it was sealed or refused meanwhile."""
        still = sa.and_(documents.c.id == record.id, documents.c.state == State.RECEIVED.value)
        return self._connection.execute(documents.update().where(still).values(**_changing(record))).rowcount == 1

    def find(self, record_id: str) -> Record | None:
        """A record by its id."""
        return self._one(documents.c.id == record_id)

    def by_idempotency_key(self, agency: str, key: str) -> Record | None:
        """The record that this agency issued under this key."""
        return self._one(sa.and_(documents.c.agency == agency, documents.c.idempotency_key == key))

    def with_prefix(self, agency: str, prefix: str) -> tuple[Record, ...]:
        """The records that this agency issued under keys that begin so, in the order of their keys."""
        # not LIKE: a key may hold its signs; the unique index on agency and key leads to the agency's rows
        begins = sa.func.substr(documents.c.idempotency_key, 1, len(prefix)) == prefix
        found = self._many(sa.select(documents).where(documents.c.agency == agency, begins))
        return tuple(sorted(found, key=lambda record: record.idempotency_key))

    def by_code(self, code: str) -> Record | None:
        """The sealed record behind a verification code."""
        return self._one(sa.and_(documents.c.code == code, documents.c.state == State.SEALED.value))

    def of(self, subject: str, *, limit: int) -> tuple[Record, ...]:
        """A person's sealed records, newest first."""
        chosen = (
            sa.select(documents)
            .where(documents.c.subject == subject, documents.c.state == State.SEALED.value)
            .order_by(documents.c.sealed_at.desc())
            .limit(limit)
        )
        return self._many(chosen)

    def due(self, *, at: datetime, limit: int) -> tuple[Record, ...]:
        """Records whose sealing is to be tried again."""
        chosen = (
            sa.select(documents).where(documents.c.due_at <= to_micros(at)).order_by(documents.c.due_at).limit(limit)
        )
        return self._many(chosen)

    def _one(self, condition: sa.ColumnElement[bool]) -> Record | None:
        row = self._connection.execute(sa.select(documents).where(condition)).one_or_none()
        return self._record(row) if row is not None else None

    def _many(self, chosen: sa.Select[Any]) -> tuple[Record, ...]:
        return tuple(self._record(row) for row in self._connection.execute(chosen).all())

    def _record(self, row: sa.Row[Any]) -> Record:
        opened = self._vault.open(row.sealed, context=_context(row.id))
        return Record(
            id=row.id,
            agency=row.agency,
            subject=row.subject,
            title=json.loads(opened),
            kind=row.kind,
            language=row.language,
            state=State(row.state),
            code=row.code,
            idempotency_key=row.idempotency_key,
            request_digest=row.request_digest,
            received_digest=row.received_digest,
            received_at=from_micros(row.received_at),
            reason=row.reason,
            sealed_digest=row.sealed_digest,
            sealed_at=_maybe(row.sealed_at, from_micros),
            pages=row.pages,
            attempts=row.attempts,
            due_at=_maybe(row.due_at, from_micros),
        )


def _changing(record: Record) -> dict[str, object]:
    return {
        "state": record.state.value,
        "reason": record.reason,
        "sealed_digest": record.sealed_digest,
        "sealed_at": _maybe(record.sealed_at, to_micros),
        "pages": record.pages,
        "attempts": record.attempts,
        "due_at": _maybe(record.due_at, to_micros),
    }


def _context(record_id: str) -> str:
    return f"documents.sealed:{record_id}"


def _maybe(value: A | None, change: Callable[[A], B]) -> B | None:
    return None if value is None else change(value)
