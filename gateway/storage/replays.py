"""Values that count once, as hashes: who presented them is part of the hash."""

import hashlib
from datetime import datetime

import sqlalchemy as sa

from gateway.storage.instants import to_micros
from gateway.storage.once import insert_once
from gateway.storage.tables_oidc import replays as table


class SqlReplays:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def first(self, kind: str, issuer: str, value: str, *, expires_at: datetime) -> bool:
        # the lengths stand first, so that no two triples can read the same
        told = f"{len(kind)}:{kind}{len(issuer)}:{issuer}{value}"
        digest = hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()
        return insert_once(self._connection, table, {"digest": digest, "expires_at": to_micros(expires_at)})

    def purge(self, *, before: datetime) -> int:
        return self._connection.execute(sa.delete(table).where(table.c.expires_at < to_micros(before))).rowcount
