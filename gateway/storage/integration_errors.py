"""Integration errors as rows: one insert each, and the oldest of the same room goes."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from gateway.oidc.integration_error import IntegrationError, Sureness
from gateway.storage.instants import from_micros, to_micros
from gateway.storage.prepared import Prepared
from gateway.storage.tables_partners import integration_errors as table

COLUMNS = ("client", "sureness", "at", "endpoint", "status", "code", "reason", "incident")
ROOM = (table.c.client == sa.bindparam("client"), table.c.sureness == sa.bindparam("sureness"))
INSERT = Prepared.of(sa.insert(table).values({name: sa.bindparam(name) for name in COLUMNS}))
TRIM = Prepared.of(
    sa.delete(table).where(
        *ROOM,
        table.c.number
        <= sa.select(table.c.number)
        .where(*ROOM)
        .order_by(table.c.number.desc())
        .offset(sa.bindparam("keep", type_=sa.Integer))
        .limit(1)
        .scalar_subquery(),
    )
)


class SqlIntegrationErrors:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def record(self, error: IntegrationError, *, keep: int) -> None:
        room = {"client": error.client, "sureness": error.sureness.value}
        INSERT.write(
            self._connection,
            **room,
            at=to_micros(error.at),
            endpoint=error.endpoint,
            status=error.status,
            code=error.code,
            reason=error.reason,
            incident=error.incident,
        )
        TRIM.write(self._connection, **room, keep=keep)

    def list(self, client: str, *, limit: int, before: str | None = None) -> tuple[IntegrationError, ...]:
        query = sa.select(table).where(table.c.client == client).order_by(table.c.number.desc()).limit(limit)
        if before is not None:
            at = sa.select(table.c.number).where(table.c.client == client, table.c.incident == before).limit(1)
            query = query.where(table.c.number < at.scalar_subquery())
        return tuple(_value(row) for row in self._connection.execute(query))

    def purge(self, *, before: datetime) -> int:
        return self._connection.execute(sa.delete(table).where(table.c.at < to_micros(before))).rowcount


def _value(row: sa.Row[Any]) -> IntegrationError:
    return IntegrationError(
        client=row.client,
        sureness=Sureness(row.sureness),
        at=from_micros(row.at),
        endpoint=row.endpoint,
        status=row.status,
        code=row.code,
        reason=row.reason,
        incident=row.incident,
    )
