"""Invitations as rows: found by the digest of their token, used up one by one."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from gateway.oidc.invitation import Invitation, Reach
from gateway.storage.instants import from_micros, maybe_instant, to_micros
from gateway.storage.packing import pack, unpack
from gateway.storage.tables_partners import invitations as table


class SqlInvitations:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, invitation: Invitation, *, digest: str) -> None:
        self._connection.execute(
            table.insert().values(
                id=invitation.id,
                digest=digest,
                document=pack(invitation.reach),
                uses=invitation.uses,
                created_at=to_micros(invitation.created_at),
                created_by=invitation.created_by,
                expires_at=to_micros(invitation.expires_at),
            )
        )

    def find(self, digest: str) -> Invitation | None:
        row = self._connection.execute(sa.select(table).where(table.c.digest == digest)).first()
        return _value(row) if row else None

    def use(self, invitation: str, *, at: datetime) -> bool:
        used = self._connection.execute(
            sa.update(table)
            .where(
                table.c.id == invitation,
                table.c.uses > 0,
                table.c.expires_at > to_micros(at),
                table.c.withdrawn_at.is_(None),
            )
            .values(uses=table.c.uses - 1)
        )
        return used.rowcount == 1

    def withdraw(self, invitation: str, *, at: datetime) -> bool:
        gone = self._connection.execute(
            sa.update(table)
            .where(table.c.id == invitation, table.c.withdrawn_at.is_(None))
            .values(withdrawn_at=to_micros(at))
        )
        return gone.rowcount == 1

    def list(self) -> tuple[Invitation, ...]:
        rows = self._connection.execute(sa.select(table).order_by(table.c.created_at.desc(), table.c.id))
        return tuple(_value(row) for row in rows)

    def purge(self, *, before: datetime) -> int:
        return self._connection.execute(sa.delete(table).where(table.c.expires_at < to_micros(before))).rowcount


def _value(row: sa.Row[Any]) -> Invitation:
    return Invitation(
        id=row.id,
        reach=unpack(Reach, row.document),
        uses=row.uses,
        created_at=from_micros(row.created_at),
        created_by=row.created_by,
        expires_at=from_micros(row.expires_at),
        withdrawn_at=maybe_instant(row.withdrawn_at),
    )
