"""Values that count once, as hashes: who presented them is part of the hash."""

import hashlib
from collections.abc import Callable
from datetime import datetime

import sqlalchemy as sa

from gateway.storage.instants import to_micros
from gateway.storage.prepared import Prepared
from gateway.storage.tables_oidc import replays as table

INSERT = Prepared.insert_once(table, "digest", "expires_at")


class SqlReplays:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def first(self, kind: str, issuer: str, value: str, *, expires_at: datetime) -> bool:
        digest = _digest(kind, issuer, value)
        return INSERT.changed(self._connection, digest=digest, expires_at=to_micros(expires_at)) == 1

    def spend(
        self, kind: str, issuer: str, value: str, *, expires_at: datetime, otherwise: Callable[[], Exception]
    ) -> None:
        digest = _digest(kind, issuer, value)
        INSERT.insist(self._connection, otherwise, digest=digest, expires_at=to_micros(expires_at))

    def purge(self, *, before: datetime, part: str = "") -> int:
        # digits come before letters in every order that a database may have, and `g` after all that are used here
        looked_at = sa.and_(table.c.digest >= part, table.c.digest < f"{part}g")
        over = table.c.expires_at < to_micros(before)
        return self._connection.execute(sa.delete(table).where(looked_at, over)).rowcount


def _digest(kind: str, issuer: str, value: str) -> str:
    # the lengths stand first, so that no two triples can read the same
    told = f"{len(kind)}:{kind}{len(issuer)}:{issuer}{value}"
    return hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()
