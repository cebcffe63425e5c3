"""Logouts as rows: a delivery is there from the transaction that ended the session until it is settled."""

from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from gateway.oidc.logout import Delivery, DeliveryState
from gateway.storage.instants import from_micros, to_micros
from gateway.storage.once import insert_once
from gateway.storage.prepared import Prepared
from gateway.storage.tables_logout import logout_deliveries as table
from gateway.storage.tables_logout import session_clients

REMEMBER = Prepared.insert_once(session_clients, "session", "client", "at")
WAITING = table.c.state == DeliveryState.WAITING.value


class SqlLogouts:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def remember(self, session: str, client: str, *, at: datetime) -> None:
        REMEMBER.changed(self._connection, session=session, client=client, at=to_micros(at))

    def queue(self, session: str, account: str, *, at: datetime) -> int:
        clients = self._connection.execute(
            sa.select(session_clients.c.client).where(session_clients.c.session == session)
        ).scalars()
        now = to_micros(at)
        rows = [
            {
                "session": session,
                "client": client,
                "account": account,
                "state": DeliveryState.WAITING.value,
                "attempts": 0,
                "created_at": now,
                "next_at": now,
            }
            for client in clients.all()
        ]
        return sum(insert_once(self._connection, table, row) for row in rows)

    def due(self, *, at: datetime, limit: int) -> tuple[Delivery, ...]:
        query = sa.select(table).where(WAITING, table.c.next_at <= to_micros(at)).order_by(table.c.next_at).limit(limit)
        return tuple(_value(row) for row in self._connection.execute(query))

    def claim(self, delivery: Delivery, *, until: datetime) -> Delivery | None:
        taken = self._connection.execute(
            sa.update(table)
            .where(*_key(delivery), WAITING, table.c.attempts == delivery.attempts)
            .values(attempts=delivery.attempts + 1, next_at=to_micros(until))
        )
        return replace(delivery, attempts=delivery.attempts + 1, next_at=until) if taken.rowcount == 1 else None

    def settle(self, delivery: Delivery, state: DeliveryState, *, next_at: datetime, problem: str | None) -> None:
        self._connection.execute(
            sa.update(table)
            .where(*_key(delivery), table.c.attempts == delivery.attempts)
            .values(state=state.value, next_at=to_micros(next_at), problem=problem)
        )

    def list(self, *, client: str | None, limit: int) -> tuple[Delivery, ...]:
        query = sa.select(table).order_by(table.c.created_at.desc(), table.c.session, table.c.client).limit(limit)
        if client is not None:
            query = query.where(table.c.client == client)
        return tuple(_value(row) for row in self._connection.execute(query))

    def purge(self, *, before: datetime) -> int:
        limit = to_micros(before)
        gone = self._connection.execute(sa.delete(session_clients).where(session_clients.c.at < limit)).rowcount
        settled = sa.delete(table).where(table.c.created_at < limit, ~WAITING)
        return gone + self._connection.execute(settled).rowcount


def _key(delivery: Delivery) -> tuple[sa.ColumnElement[bool], ...]:
    return table.c.session == delivery.session, table.c.client == delivery.client


def _value(row: sa.Row[Any]) -> Delivery:
    return Delivery(
        session=row.session,
        client=row.client,
        account=row.account,
        state=DeliveryState(row.state),
        attempts=row.attempts,
        created_at=from_micros(row.created_at),
        next_at=from_micros(row.next_at),
        problem=row.problem,
    )
