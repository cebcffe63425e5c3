"""Values that count once, as hashes: who presented them is part of the hash."""

import hashlib
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
        # the lengths stand first, so that no two triples can read the same
        told = f"{len(kind)}:{kind}{len(issuer)}:{issuer}{value}"
        digest = hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()
        return INSERT.changed(self._connection, digest=digest, expires_at=to_micros(expires_at)) == 1

    def purge(self, *, before: datetime) -> int:
        return self._connection.execute(sa.delete(table).where(table.c.expires_at < to_micros(before))).rowcount
