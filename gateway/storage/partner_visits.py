"""Visits of a partner's page as rows, under the digest of a link or of a cookie."""

from datetime import datetime

import sqlalchemy as sa

from gateway.storage.instants import to_micros
from gateway.storage.tables_partners import partner_visits as table


class SqlPartnerVisits:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, digest: str, *, stage: str, client: str, expires_at: datetime) -> None:
        row = {"digest": digest, "stage": stage, "client": client, "expires_at": to_micros(expires_at)}
        self._connection.execute(table.insert().values(**row))

    def take(self, digest: str, *, stage: str, at: datetime) -> str | None:
        taken = (
            sa.delete(table)
            .where(table.c.digest == digest, table.c.stage == stage)
            .returning(table.c.client, table.c.expires_at)
        )
        row = self._connection.execute(taken).first()
        return row.client if row is not None and row.expires_at > to_micros(at) else None

    def find(self, digest: str, *, stage: str, at: datetime) -> str | None:
        query = sa.select(table.c.client).where(
            table.c.digest == digest, table.c.stage == stage, table.c.expires_at > to_micros(at)
        )
        found: str | None = self._connection.execute(query).scalar_one_or_none()
        return found

    def purge(self, *, before: datetime) -> int:
        return self._connection.execute(sa.delete(table).where(table.c.expires_at < to_micros(before))).rowcount
