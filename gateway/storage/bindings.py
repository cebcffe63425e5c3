"""Bindings: the whole value sealed, found by keyed hashes of the two identities.

Two partial unique indexes hold the promise among active ones; a race is settled by the database, not by a look before.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from msgspec.structs import replace

from gateway.identity.assertion import Attributes
from gateway.identity.binding import Binding, Ended, Profile
from gateway.identity.identifier import Identifier
from gateway.ports.vault import Vault
from gateway.storage import tables_residents as tables
from gateway.storage.instants import maybe_micros, to_micros
from gateway.storage.packing import pack, unpack
from gateway.storage.prepared import Prepared

TABLE = tables.bindings
ERASED = Profile(home=Attributes())

INSERT = Prepared.insert_once(TABLE, *(column.name for column in TABLE.columns))


def _select(*where: sa.ColumnElement[bool]) -> Prepared:
    """Bindings that are so, active ones first, then the newest."""
    return Prepared.of(
        sa.select(TABLE.c.id, TABLE.c.sealed)
        .where(*where)
        .order_by(TABLE.c.ended_at.is_(None).desc(), TABLE.c.bound_at.desc(), TABLE.c.id)
    )


OF_HOME = _select(TABLE.c.home_key == sa.bindparam("key"), tables.ACTIVE)
OF_GUANGDONG = _select(
    TABLE.c.guangdong_key == sa.bindparam("key"), TABLE.c.home_issuer == sa.bindparam("issuer"), tables.ACTIVE
)
ACTIVE_OF = _select(TABLE.c.account == sa.bindparam("account"), tables.ACTIVE)
ALL_OF = _select(TABLE.c.account == sa.bindparam("account"))
FIND = Prepared.of(sa.select(TABLE.c.id, TABLE.c.sealed).where(TABLE.c.id == sa.bindparam("binding")))


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
        made = INSERT.changed(self._connection, **row) == 1
        return binding if made else self.active(binding.home_identity)

    def active(self, home: Identifier) -> Binding | None:
        return self._one(OF_HOME, key=index(self._vault, home))

    def active_guangdong(self, guangdong: Identifier, home_issuer: str) -> Binding | None:
        return self._one(OF_GUANGDONG, key=index(self._vault, guangdong), issuer=home_issuer)

    def active_of(self, account: str) -> tuple[Binding, ...]:
        return self._all(ACTIVE_OF, account=account)

    def find(self, binding: str) -> Binding | None:
        return self._one(FIND, binding=binding)

    def of_account(self, account: str) -> tuple[Binding, ...]:
        return self._all(ALL_OF, account=account)

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

    def forget_identities(self, account: str) -> None:
        for ended in self.of_account(account):
            if ended.ended_at is None:
                continue
            nobody = replace(
                ended,
                home_identity=replace(ended.home_identity, value=""),
                guangdong_identity=replace(ended.guangdong_identity, value=""),
                guangdong_version=None,
            )
            self._connection.execute(
                TABLE.update()
                .where(TABLE.c.id == ended.id)
                .values(home_key=f"-{ended.id}"[:64], guangdong_key=f"-{ended.id}"[:64], sealed=self._seal(nobody))
            )

    def _one(self, which: Prepared, **values: object) -> Binding | None:
        row = which.one(self._connection, **values)
        return None if row is None else binding_of(row, self._vault)

    def _all(self, which: Prepared, **values: object) -> tuple[Binding, ...]:
        return tuple(binding_of(row, self._vault) for row in which.all(self._connection, **values))

    def _seal(self, binding: Binding) -> bytes:
        return self._vault.seal(pack(binding), context=f"bindings:sealed:{binding.id}")


def binding_of(row: Sequence[Any], vault: Vault) -> Binding:
    """The binding that lies in a row."""
    key, sealed = row
    return unpack(Binding, vault.open(sealed, context=f"bindings:sealed:{key}"))


def index(vault: Vault, identifier: Identifier) -> str:
    """What an identifier is looked up by."""
    return vault.index("identifier", identifier.key)
