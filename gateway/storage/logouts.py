"""Which clients a session led to, as rows; at its end each becomes a delivery in the same transaction."""

from datetime import datetime

import sqlalchemy as sa

from gateway.oidc.delivery import Kind
from gateway.storage.deliveries import SqlDeliveries
from gateway.storage.instants import to_micros
from gateway.storage.prepared import Prepared
from gateway.storage.tables_deliveries import session_clients as table

REMEMBER = Prepared.insert_once(table, "session", "client", "kind", "at")


class SqlLogouts:
    def __init__(self, connection: sa.Connection, deliveries: SqlDeliveries) -> None:
        self._connection = connection
        self._deliveries = deliveries

    def remember(self, session: str, client: str, *, at: datetime, kind: Kind = Kind.LOGOUT) -> None:
        REMEMBER.write(self._connection, session=session, client=client, kind=kind.value, at=to_micros(at))

    def queue(self, session: str, account: str, *, at: datetime) -> int:
        led_to = self._connection.execute(sa.select(table.c.client, table.c.kind).where(table.c.session == session))
        return sum(self._deliveries.queue(Kind(kind), session, client, account, at=at) for client, kind in led_to.all())

    def purge(self, *, before: datetime) -> int:
        return self._connection.execute(sa.delete(table).where(table.c.at < to_micros(before))).rowcount
