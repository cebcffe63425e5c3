"""Bindings: the whole value sealed, found by keyed hashes of the two identities.

Two partial unique indexes hold the promise among active ones; a race is settled by the database, not by a look before.
"""

from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from gateway.identity.assertion import Attributes
from gateway.identity.binding import Binding, Ended, Profile
from gateway.identity.identifier import Identifier
from gateway.ports.vault import Vault
from gateway.storage import tables_residents as tables
from gateway.storage.instants import maybe_micros, to_micros
from gateway.storage.once import insert_once
from gateway.storage.packing import pack, unpack

TABLE = tables.bindings
ERASED = Profile(home=Attributes())


class SqlBindings:
    def __init__(self, connection: sa.Connection, vault: Vault) -> None:
        self._connection = connection
        self._vault = vault

    def insert_or_get(self, binding: Binding) -> Binding | None:
        row = {
            "id": binding.id,
            "account": binding.account,
            "home_issuer": binding.home_identity.issuer,
            "home_key": index(self._vault, binding.home_identity),
            "guangdong_key": index(self._vault, binding.guangdong_identity),
            "bound_at": to_micros(binding.bound_at),
            "ended_at": maybe_micros(binding.ended_at),
            "ended": binding.ended,
            "sealed": self._seal(binding),
        }
        # "on conflict do nothing" answers to every unique index, the partial ones too
        return binding if insert_once(self._connection, TABLE, row) else self.active(binding.home_identity)

    def active(self, home: Identifier) -> Binding | None:
        return self._one(TABLE.c.home_key == index(self._vault, home), tables.ACTIVE)

    def active_guangdong(self, guangdong: Identifier, home_issuer: str) -> Binding | None:
        key = index(self._vault, guangdong)
        return self._one(TABLE.c.guangdong_key == key, TABLE.c.home_issuer == home_issuer, tables.ACTIVE)

    def active_of(self, account: str) -> tuple[Binding, ...]:
        return self._all(TABLE.c.account == account, tables.ACTIVE)

    def find(self, binding: str) -> Binding | None:
        return self._one(TABLE.c.id == binding)

    def of_account(self, account: str) -> tuple[Binding, ...]:
        return self._all(TABLE.c.account == account)

    def end(self, binding: str, *, at: datetime, why: Ended) -> bool:
        kept = self.find(binding)
        if kept is None or kept.ended_at is not None:
            return False
        over = replace(kept, profile=ERASED, ended_at=at, ended=why)
        done = self._connection.execute(
            TABLE.update()
            .where(TABLE.c.id == binding, tables.ACTIVE)
            .values(ended_at=to_micros(at), ended=why.value, sealed=self._seal(over))
        )
        return done.rowcount == 1

    def _one(self, *where: sa.ColumnElement[bool]) -> Binding | None:
        return next(iter(self._all(*where)), None)

    def _all(self, *where: sa.ColumnElement[bool]) -> tuple[Binding, ...]:
        found = self._connection.execute(
            sa.select(TABLE.c.id, TABLE.c.sealed)
            .where(*where)
            .order_by(TABLE.c.ended_at.is_(None).desc(), TABLE.c.bound_at.desc(), TABLE.c.id)
        )
        return tuple(self._value(row) for row in found)

    def _value(self, row: sa.Row[Any, Any]) -> Binding:
        return unpack(Binding, self._vault.open(row.sealed, context=f"bindings:sealed:{row.id}"))

    def _seal(self, binding: Binding) -> bytes:
        return self._vault.seal(pack(binding), context=f"bindings:sealed:{binding.id}")


def index(vault: Vault, identifier: Identifier) -> str:
    """What an identifier is looked up by."""
    return vault.index("identifier", identifier.key)
