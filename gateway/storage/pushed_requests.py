"""Pushed authorization requests as rows, sealed; their references as hashes."""

import hashlib
from datetime import datetime

import sqlalchemy as sa

from gateway.oidc.authorization_request import AuthorizationRequest, pack, unpack
from gateway.ports.vault import Vault
from gateway.storage.instants import to_micros
from gateway.storage.prepared import Prepared
from gateway.storage.tables_oidc import pushed_requests as table

INSERT = Prepared.of(
    sa.insert(table).values({name: sa.bindparam(name) for name in ("reference", "request", "answered", "expires_at")})
)
WAITING = (table.c.reference == sa.bindparam("key"), table.c.answered == sa.bindparam("no"))
FIND = Prepared.of(sa.select(table.c.request).where(*WAITING, table.c.expires_at > sa.bindparam("at")))
ANSWER = Prepared.of(sa.update(table).where(*WAITING).values(answered=sa.bindparam("yes")))


class SqlPushedRequests:
    def __init__(self, connection: sa.Connection, vault: Vault) -> None:
        self._connection = connection
        self._vault = vault

    def keep(self, reference: str, request: AuthorizationRequest, *, expires_at: datetime) -> None:
        key = _digest(reference)
        sealed = self._vault.seal(pack(request), context=_context(key))
        INSERT.write(self._connection, reference=key, request=sealed, answered=False, expires_at=to_micros(expires_at))

    def find(self, reference: str, *, at: datetime) -> AuthorizationRequest | None:
        key = _digest(reference)
        row = FIND.one(self._connection, key=key, no=False, at=to_micros(at))
        return unpack(self._vault.open(row[0], context=_context(key))) if row else None

    def answer(self, reference: str) -> bool:
        return ANSWER.changed(self._connection, key=_digest(reference), no=False, yes=True) == 1

    def purge(self, *, before: datetime) -> int:
        return self._connection.execute(sa.delete(table).where(table.c.expires_at < to_micros(before))).rowcount


def _digest(reference: str) -> str:
    return hashlib.sha256(reference.encode()).hexdigest()


def _context(key: str) -> str:
    return f"pushed_requests:request:{key}"
