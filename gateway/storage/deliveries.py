"""Deliveries to partners as rows: one is there from the transaction that it tells of until it is settled."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from msgspec.structs import replace

from gateway.oidc.delivery import Delivery, DeliveryState, Kind, waiting
from gateway.ports.vault import Vault
from gateway.storage.instants import from_micros, to_micros
from gateway.storage.once import insert_once
from gateway.storage.tables_deliveries import event_credentials
from gateway.storage.tables_deliveries import partner_deliveries as table

WAITING = table.c.state == DeliveryState.WAITING.value


class SqlDeliveries:
    def __init__(self, connection: sa.Connection, vault: Vault) -> None:
        self._connection = connection
        self._vault = vault

    def queue(self, kind: Kind, about: str, client: str, account: str, *, at: datetime) -> bool:
        new = waiting(kind, about, client, account, at=at)
        row = {
            "id": new.id,
            "kind": kind.value,
            "about": about,
            "client": client,
            "account": account,
            "state": new.state.value,
            "attempts": 0,
            "created_at": to_micros(at),
            "next_at": to_micros(at),
        }
        return bool(insert_once(self._connection, table, row))

    def due(self, *, at: datetime, limit: int) -> tuple[Delivery, ...]:
        query = sa.select(table).where(WAITING, table.c.next_at <= to_micros(at)).order_by(table.c.next_at).limit(limit)
        return tuple(_value(row) for row in self._connection.execute(query))

    def claim(self, delivery: Delivery, *, until: datetime) -> Delivery | None:
        taken = self._connection.execute(
            sa.update(table)
            .where(table.c.id == delivery.id, WAITING, table.c.attempts == delivery.attempts)
            .values(attempts=delivery.attempts + 1, next_at=to_micros(until))
        )
        return replace(delivery, attempts=delivery.attempts + 1, next_at=until) if taken.rowcount == 1 else None

    def settle(self, delivery: Delivery, state: DeliveryState, *, next_at: datetime, problem: str | None) -> None:
        self._connection.execute(
            sa.update(table)
            .where(table.c.id == delivery.id, table.c.attempts == delivery.attempts)
            .values(state=state.value, next_at=to_micros(next_at), problem=problem)
        )

    def put_off(self, delivery: Delivery, *, until: datetime) -> None:
        logout = table.c.kind == Kind.LOGOUT.value  # which a client hears at an address of its own
        alike = logout if delivery.kind is Kind.LOGOUT else ~logout
        self._connection.execute(
            sa.update(table)
            .where(table.c.client == delivery.client, alike, WAITING, table.c.next_at < to_micros(until))
            .values(next_at=to_micros(until))
        )

    def list(self, *, client: str | None, limit: int) -> tuple[Delivery, ...]:
        query = sa.select(table).order_by(table.c.created_at.desc(), table.c.id).limit(limit)
        if client is not None:
            query = query.where(table.c.client == client)
        return tuple(_value(row) for row in self._connection.execute(query))

    def purge(self, *, before: datetime) -> int:
        settled = sa.delete(table).where(table.c.created_at < to_micros(before), ~WAITING)
        return self._connection.execute(settled).rowcount

    def keep_credential(self, client: str, credential: str | None) -> None:
        self._connection.execute(sa.delete(event_credentials).where(event_credentials.c.client == client))
        if credential is not None:
            sealed = self._vault.seal(credential.encode(), context=_context(client))
            self._connection.execute(event_credentials.insert().values(client=client, sealed=sealed))

    def credential(self, client: str) -> str | None:
        query = sa.select(event_credentials.c.sealed).where(event_credentials.c.client == client)
        sealed = self._connection.execute(query).scalar()
        return None if sealed is None else self._vault.open(sealed, context=_context(client)).decode()


def _context(client: str) -> str:
    return f"event_credentials:sealed:{client}"


def _value(row: sa.Row[Any]) -> Delivery:
    return Delivery(
        kind=Kind(row.kind),
        about=row.about,
        client=row.client,
        account=row.account,
        state=DeliveryState(row.state),
        attempts=row.attempts,
        created_at=from_micros(row.created_at),
        next_at=from_micros(row.next_at),
        problem=row.problem,
    )
