"""Pushed authorization requests as rows, sealed; their references as hashes."""

import hashlib
from datetime import datetime

import sqlalchemy as sa

from gateway.oidc.authorization_request import AuthorizationRequest, pack, unpack
from gateway.ports.vault import Vault
from gateway.storage.instants import to_micros
from gateway.storage.tables_oidc import pushed_requests as table


class SqlPushedRequests:
    def __init__(self, connection: sa.Connection, vault: Vault) -> None:
        self._connection = connection
        self._vault = vault

    def keep(self, reference: str, request: AuthorizationRequest, *, expires_at: datetime) -> None:
        key = _digest(reference)
        sealed = self._vault.seal(pack(request), context=_context(key))
        row = {"reference": key, "request": sealed, "answered": False, "expires_at": to_micros(expires_at)}
        self._connection.execute(sa.insert(table).values(**row))

    def find(self, reference: str, *, at: datetime) -> AuthorizationRequest | None:
        key = _digest(reference)
        row = self._connection.execute(
            sa.select(table.c.request).where(
                table.c.reference == key, table.c.expires_at > to_micros(at), table.c.answered.is_(sa.false())
            )
        ).first()
        return unpack(self._vault.open(row.request, context=_context(key))) if row else None

    def answer(self, reference: str) -> bool:
        done = self._connection.execute(
            sa.update(table)
            .where(table.c.reference == _digest(reference), table.c.answered.is_(sa.false()))
            .values(answered=True)
        )
        return done.rowcount == 1

    def purge(self, *, before: datetime) -> int:
        return self._connection.execute(sa.delete(table).where(table.c.expires_at < to_micros(before))).rowcount


def _digest(reference: str) -> str:
    return hashlib.sha256(reference.encode()).hexdigest()


def _context(key: str) -> str:
    return f"pushed_requests:request:{key}"
