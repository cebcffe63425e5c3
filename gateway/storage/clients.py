"""Clients as rows: one JSON document each, with a version to check a cache against."""

from functools import lru_cache

import sqlalchemy as sa
from msgspec.structs import replace

from gateway.oidc.client import Client
from gateway.storage.packing import pack, unpack
from gateway.storage.prepared import Prepared
from gateway.storage.tables_oidc import clients as table

INSERT = Prepared.insert_once(table, "id", "version", "document")
FIND = Prepared.of(sa.select(table.c.document).where(table.c.id == sa.bindparam("client")))
HOLD = Prepared.of(sa.select(table.c.document).where(table.c.id == sa.bindparam("client")).with_for_update())
VERSION = Prepared.of(sa.select(table.c.version).where(table.c.id == sa.bindparam("client")))


class SqlClients:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def find(self, client: str) -> Client | None:
        row = FIND.one(self._connection, client=client)
        return read(row[0]) if row else None

    def hold(self, client: str) -> Client | None:
        row = HOLD.one(self._connection, client=client)
        return read(row[0]) if row else None

    def version(self, client: str) -> int | None:
        row = VERSION.one(self._connection, client=client)
        return row[0] if row else None

    def list(self) -> tuple[Client, ...]:
        rows = self._connection.execute(sa.select(table.c.document).order_by(table.c.id))
        return tuple(read(row.document) for row in rows)

    def save(self, client: Client) -> Client:
        first = replace(client, version=1)
        if INSERT.changed(self._connection, id=client.id, version=1, document=pack(first)) == 1:
            return first
        stored = self._connection.execute(
            sa.update(table)
            .where(table.c.id == client.id)
            .values(version=table.c.version + 1)
            .returning(table.c.version)
        ).scalar_one()
        kept = replace(client, version=stored)
        self._connection.execute(sa.update(table).where(table.c.id == client.id).values(document=pack(kept)))
        return kept


@lru_cache(maxsize=256)
def read(document: bytes) -> Client:
    return unpack(Client, document)
