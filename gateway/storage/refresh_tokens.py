"""Refresh tokens as rows: hashes, each used once at most where it is used up."""

import hashlib
from datetime import datetime

import sqlalchemy as sa

from gateway.storage.instants import to_micros
from gateway.storage.prepared import Prepared
from gateway.storage.tables_oidc import refresh_tokens as table

INSERT = Prepared.of(sa.insert(table).values({name: sa.bindparam(name) for name in ("digest", "grant", "expires_at")}))
FIND = Prepared.of(sa.select(table.c.grant).where(table.c.digest == sa.bindparam("key")))
FIND_UNUSED = Prepared.of(
    sa.select(table.c.grant).where(table.c.digest == sa.bindparam("key"), table.c.used_at.is_(None))
)
USE = Prepared.of(
    sa.update(table)
    .where(
        table.c.digest == sa.bindparam("key"),
        table.c.used_at.is_(None),
        table.c.expires_at > sa.bindparam("at"),
    )
    .values(used_at=sa.bindparam("now"))
)


class SqlRefreshTokens:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def keep(self, value: str, grant: str, *, expires_at: datetime) -> None:
        INSERT.write(self._connection, digest=_digest(value), grant=grant, expires_at=to_micros(expires_at))

    def grant_of(self, value: str) -> str | None:
        row = FIND.one(self._connection, key=_digest(value))
        return row[0] if row else None

    def unused_of(self, value: str) -> str | None:
        row = FIND_UNUSED.one(self._connection, key=_digest(value))
        return row[0] if row else None

    def use(self, value: str, *, at: datetime) -> bool:
        now = to_micros(at)
        return USE.changed(self._connection, key=_digest(value), at=now, now=now) == 1

    def purge(self, *, before: datetime) -> int:
        return self._connection.execute(sa.delete(table).where(table.c.expires_at < to_micros(before))).rowcount


def _digest(value: str) -> str:
    return hashlib.sha256(value.encode()).hexdigest()
