"""Accounts: an id and a day; what ties them to the world are bindings."""

from datetime import datetime

import sqlalchemy as sa

from gateway.identity.account import Account
from gateway.identity.identifier import Identifier
from gateway.ports.vault import Vault
from gateway.storage import tables_residents as tables
from gateway.storage.bindings import index
from gateway.storage.instants import from_micros, maybe_instant, to_micros
from gateway.storage.prepared import Prepared

TABLE = tables.accounts
BINDINGS = tables.bindings
EARLIER = Prepared.of(
    sa.select(BINDINGS.c.account)
    .where((BINDINGS.c.home_key == sa.bindparam("key")) | (BINDINGS.c.guangdong_key == sa.bindparam("key")))
    .order_by(BINDINGS.c.ended_at.is_(None).desc(), BINDINGS.c.bound_at.desc())
    .limit(1)
)


class SqlAccounts:
    def __init__(self, connection: sa.Connection, vault: Vault) -> None:
        self._connection = connection
        self._vault = vault

    def add(self, account: Account) -> None:
        self._connection.execute(TABLE.insert().values(id=account.id, created_at=to_micros(account.created_at)))

    def remove_unused(self, account: str) -> None:
        self._connection.execute(TABLE.delete().where(TABLE.c.id == account))

    def find(self, account: str) -> Account | None:
        row = self._connection.execute(sa.select(TABLE).where(TABLE.c.id == account)).first()
        if row is None:
            return None
        return Account(id=row.id, created_at=from_micros(row.created_at), closed_at=maybe_instant(row.closed_at))

    def close(self, account: str, *, at: datetime) -> bool:
        done = self._connection.execute(
            TABLE.update().where(TABLE.c.id == account, TABLE.c.closed_at.is_(None)).values(closed_at=to_micros(at))
        )
        return done.rowcount == 1

    def earlier(self, identifier: Identifier) -> str | None:
        row = EARLIER.one(self._connection, key=index(self._vault, identifier))
        return None if row is None else str(row[0])
