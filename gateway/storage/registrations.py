"""Registrations as rows: sealed, under the digest of the token that manages them."""

import sqlalchemy as sa

from gateway.oidc.registration import Registration
from gateway.ports.vault import Vault
from gateway.storage.packing import pack, unpack
from gateway.storage.tables_partners import registrations as table


class SqlRegistrations:
    def __init__(self, connection: sa.Connection, vault: Vault) -> None:
        self._connection = connection
        self._vault = vault

    def add(self, registration: Registration, *, digest: str) -> None:
        sealed = self._vault.seal(pack(registration), context=_context(registration.client))
        self._connection.execute(table.insert().values(client=registration.client, digest=digest, sealed=sealed))

    def find(self, client: str) -> tuple[Registration, str] | None:
        row = self._connection.execute(sa.select(table).where(table.c.client == client)).first()
        if row is None:
            return None
        return unpack(Registration, self._vault.open(row.sealed, context=_context(client))), row.digest

    def change(self, registration: Registration, *, known: str, digest: str) -> bool:
        sealed = self._vault.seal(pack(registration), context=_context(registration.client))
        changed = self._connection.execute(
            sa.update(table)
            .where(table.c.client == registration.client, table.c.digest == known)
            .values(digest=digest, sealed=sealed)
        )
        return changed.rowcount == 1

    def remove(self, client: str, *, known: str) -> bool:
        gone = self._connection.execute(sa.delete(table).where(table.c.client == client, table.c.digest == known))
        return gone.rowcount == 1


def _context(client: str) -> str:
    return f"registrations:sealed:{client}"
