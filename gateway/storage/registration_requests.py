"""Requests to be registered as rows: what is asked is sealed, what became of it is not."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from gateway.oidc.registration_request import RegistrationRequest, RequestState, Wish
from gateway.ports.vault import Vault
from gateway.storage.instants import from_micros, maybe_instant, maybe_micros, to_micros
from gateway.storage.packing import pack, unpack
from gateway.storage.tables_partners import registration_requests as table

WAITING = table.c.state == RequestState.WAITING.value


class SqlRegistrationRequests:
    def __init__(self, connection: sa.Connection, vault: Vault) -> None:
        self._connection = connection
        self._vault = vault

    def add(self, request: RegistrationRequest, *, source: str) -> None:
        assert request.wish is not None
        sealed = self._vault.seal(pack(request.wish), context=_context(request.reference))
        self._connection.execute(
            table.insert().values(
                reference=request.reference,
                state=request.state.value,
                source=source,
                thumbprint=request.thumbprint,
                sealed=sealed,
                asked_at=to_micros(request.asked_at),
            )
        )

    def find(self, reference: str) -> RegistrationRequest | None:
        row = self._connection.execute(sa.select(table).where(table.c.reference == reference)).first()
        return self._value(row) if row else None

    def waiting(self, *, source: str | None = None) -> int:
        query = sa.select(sa.func.count()).select_from(table).where(WAITING)
        if source is not None:
            query = query.where(table.c.source == source)
        count: int = self._connection.execute(query).scalar_one()
        return count

    def list(self, *, waiting_only: bool, limit: int) -> tuple[RegistrationRequest, ...]:
        query = sa.select(table).order_by(table.c.asked_at.desc(), table.c.reference).limit(limit)
        if waiting_only:
            query = query.where(WAITING)
        return tuple(self._value(row) for row in self._connection.execute(query))

    def decide(self, request: RegistrationRequest) -> bool:
        decided = self._connection.execute(
            sa.update(table)
            .where(table.c.reference == request.reference, WAITING)
            .values(
                state=request.state.value,
                decided_at=maybe_micros(request.decided_at),
                decided_by=request.decided_by,
                ground=request.ground,
                client=request.client,
            )
        )
        return decided.rowcount == 1

    def lapse(self, *, before: datetime) -> int:
        lapsed = sa.update(table).where(WAITING, table.c.asked_at < to_micros(before))
        return self._connection.execute(lapsed.values(state=RequestState.LAPSED.value)).rowcount

    def purge(self, *, before: datetime) -> int:
        return self._connection.execute(sa.delete(table).where(table.c.asked_at < to_micros(before))).rowcount

    def _value(self, row: sa.Row[Any]) -> RegistrationRequest:
        return RegistrationRequest(
            reference=row.reference,
            wish=unpack(Wish, self._vault.open(row.sealed, context=_context(row.reference))),
            thumbprint=row.thumbprint,
            state=RequestState(row.state),
            asked_at=from_micros(row.asked_at),
            decided_at=maybe_instant(row.decided_at),
            decided_by=row.decided_by,
            ground=row.ground,
            client=row.client,
        )


def _context(reference: str) -> str:
    return f"registration_requests:sealed:{reference}"
