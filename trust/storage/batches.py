"""Verification batches in the database: rows to values and back, by hand."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from trust.documents.batch import Batch, File, Progress, Waiting
from trust.storage.documents import Vault
from trust.storage.instants import from_micros, to_micros
from trust.storage.once import insert_once
from trust.storage.tables_batches import verification_batches as batches
from trust.storage.tables_batches import verification_files as kept_files


class SqlBatches:
    """Satisfies the Batches port over one connection."""

    def __init__(self, connection: sa.Connection, vault: Vault) -> None:
        self._connection = connection
        self._vault = vault

    def add(self, batch: Batch, files: tuple[File, ...]) -> bool:
        """Keep a new batch with its files, each due at once; False if its key was taken meanwhile."""
        row = {
            "id": batch.id,
            "client": batch.client,
            "idempotency_key": batch.idempotency_key,
            "request_digest": batch.request_digest,
            "policy": batch.policy,
            "files": batch.files,
            "received_at": to_micros(batch.received_at),
            "expires_at": to_micros(batch.expires_at),
        }
        if not insert_once(self._connection, batches, row):
            return False
        for number, file in enumerate(files, start=1):
            packed = file.name.encode() + b"\n" + file.content
            self._connection.execute(
                kept_files.insert().values(
                    batch=batch.id,
                    number=number,
                    due_at=to_micros(batch.received_at),
                    attempts=0,
                    sealed=self._vault.seal(packed, context=_context("file", batch.id, number)),
                )
            )
        return True

    def progress(self, batch_id: str) -> Progress | None:
        """How far a batch is."""
        row = self._connection.execute(sa.select(batches).where(batches.c.id == batch_id)).one_or_none()
        if row is None:
            return None
        counted = self._connection.execute(
            sa.select(kept_files.c.verdict, sa.func.count())
            .where(kept_files.c.batch == batch_id, kept_files.c.verdict.is_not(None))
            .group_by(kept_files.c.verdict)
            .order_by(kept_files.c.verdict)
        ).all()
        return Progress(batch=_batch(row), verdicts={row[0]: row[1] for row in counted})

    def by_idempotency_key(self, client: str, key: str) -> Batch | None:
        """The batch that this client handed over under this key."""
        found = sa.and_(batches.c.client == client, batches.c.idempotency_key == key)
        row = self._connection.execute(sa.select(batches).where(found)).one_or_none()
        return _batch(row) if row is not None else None

    def waiting(self, client: str) -> int:
        """How many files of a client have no report yet."""
        return self._connection.execute(
            sa.select(sa.func.count())
            .select_from(kept_files.join(batches, batches.c.id == kept_files.c.batch))
            .where(batches.c.client == client, kept_files.c.due_at.is_not(None))
        ).scalar_one()

    def claim(self, *, at: datetime, until: datetime, limit: int) -> tuple[Waiting, ...]:
        """Files that are due, left alone by others until then."""
        rows = self._connection.execute(
            sa.select(kept_files, batches.c.policy)
            .join(batches, batches.c.id == kept_files.c.batch)
            .where(kept_files.c.due_at <= to_micros(at))
            .order_by(kept_files.c.due_at, kept_files.c.batch, kept_files.c.number)
            .limit(limit)
            .with_for_update(of=kept_files, skip_locked=True)  # for PostgreSQL; SQLite has one writer anyway
        ).all()
        for row in rows:
            self._connection.execute(
                _one(kept_files.update(), row.batch, row.number).values(
                    due_at=to_micros(until), attempts=kept_files.c.attempts + 1
                )
            )
        return tuple(self._waiting(row) for row in rows)

    def keep_report(self, claimed: Waiting, *, verdict: str, report: str, at: datetime) -> None:
        """Keep a report in place of its file; nothing where there is one already, or the batch is gone."""
        sealed = self._vault.seal(report.encode(), context=_context("report", claimed.batch, claimed.number))
        self._connection.execute(
            _one(kept_files.update(), claimed.batch, claimed.number)
            .where(kept_files.c.due_at.is_not(None))
            .values(due_at=None, judged_at=to_micros(at), verdict=verdict, sealed=sealed)
        )

    def reports(self, batch_id: str, *, after: int) -> tuple[str, ...]:
        """Reports in the order of the files, from the one after a number up to the first file that has none."""
        chosen = (
            sa.select(kept_files)
            .where(kept_files.c.batch == batch_id, kept_files.c.number > after, kept_files.c.verdict.is_not(None))
            .order_by(kept_files.c.number)
        )
        found: list[str] = []
        for row in self._connection.execute(chosen).all():
            if row.number != after + len(found) + 1:
                break
            opened = self._vault.open(row.sealed, context=_context("report", row.batch, row.number))
            found.append(opened.decode())
        return tuple(found)

    def remove(self, batch_id: str) -> None:
        """Forget a batch, its files and its reports."""
        self._connection.execute(kept_files.delete().where(kept_files.c.batch == batch_id))
        self._connection.execute(batches.delete().where(batches.c.id == batch_id))

    def purge(self, *, before: datetime) -> int:
        """Forget batches that expired; how many there were."""
        expired = sa.select(batches.c.id).where(batches.c.expires_at <= to_micros(before))
        gone = self._connection.execute(expired).scalars().all()
        for batch_id in gone:
            self.remove(batch_id)
        return len(gone)

    def _waiting(self, row: sa.Row[Any]) -> Waiting:
        opened = self._vault.open(row.sealed, context=_context("file", row.batch, row.number))
        name, _, content = opened.partition(b"\n")
        return Waiting(
            batch=row.batch,
            number=row.number,
            policy=row.policy,
            attempts=row.attempts + 1,
            file=File(name=name.decode(), content=content),
        )


def _one(statement: sa.Update, batch: str, number: int) -> sa.Update:
    return statement.where(kept_files.c.batch == batch, kept_files.c.number == number)


def _batch(row: sa.Row[Any]) -> Batch:
    return Batch(
        id=row.id,
        client=row.client,
        idempotency_key=row.idempotency_key,
        request_digest=row.request_digest,
        policy=row.policy,
        files=row.files,
        received_at=from_micros(row.received_at),
        expires_at=from_micros(row.expires_at),
    )


def _context(what: str, batch: str, number: int) -> str:
    return f"verification_files.sealed:{what}:{batch}:{number}"
