"""What devices asked for, as rows; every change is one statement, so that of two at once one wins."""

from datetime import datetime

import sqlalchemy as sa

from gateway.oidc.authorization_request import pack, unpack
from gateway.oidc.device_code import DeviceRequest, State
from gateway.ports.vault import Vault
from gateway.storage.instants import from_micros, to_micros
from gateway.storage.once import insert, insert_once
from gateway.storage.tables_device import device_guesses as guesses
from gateway.storage.tables_device import device_requests as table

INDEX = "user_code"  # the kind of keyed hash


class SqlDeviceRequests:
    def __init__(self, connection: sa.Connection, vault: Vault) -> None:
        self._connection = connection
        self._vault = vault

    def keep(self, asked: DeviceRequest, *, user_code: str) -> bool:
        row = {
            "id": asked.id,
            "user_code": self._vault.index(INDEX, user_code),
            "request": self._vault.seal(pack(asked.request), context=_context(asked.id)),
            "place": asked.place,
            "state": asked.state.value,
            "looks": asked.looks,
            "pause": asked.interval,
            "asked_at": to_micros(asked.asked_at),
            "expires_at": to_micros(asked.expires_at),
        }
        return insert_once(self._connection, table, row)

    def find(self, request: str) -> DeviceRequest | None:
        return self._one(table.c.id == request)

    def by_user_code(self, user_code: str, *, at: datetime) -> DeviceRequest | None:
        return self._one(
            table.c.user_code == self._vault.index(INDEX, user_code),
            table.c.state == State.WAITING.value,
            table.c.expires_at > to_micros(at),
        )

    def looked(self, request: str) -> None:
        self._connection.execute(sa.update(table).where(table.c.id == request).values(looks=table.c.looks + 1))

    def claim(self, request: str, *, browser: str) -> bool:
        free = sa.or_(table.c.browser.is_(None), table.c.browser == browser)
        return self._change(request, free, browser=browser)

    def allow(self, request: str, *, answer: str, at: datetime) -> bool:
        return self._change(request, table.c.expires_at > to_micros(at), state=State.ALLOWED.value, answer=answer)

    def refuse(self, request: str) -> bool:
        return self._change(request, state=State.REFUSED.value)

    def polled(self, request: str, *, at: datetime, slower_by: int) -> None:
        later = {"polled_at": to_micros(at), "pause": table.c.pause + slower_by}
        self._connection.execute(sa.update(table).where(table.c.id == request).values(**later))

    def guessed_wrong(self, who: str, *, at: datetime, until: datetime) -> None:
        now, fresh = to_micros(at), {"who": who, "wrong": 1, "until": to_micros(until)}
        over = guesses.c.until <= now
        self._connection.execute(
            insert(guesses, self._connection.dialect.name)
            .values(**fresh)
            .on_conflict_do_update(
                index_elements=["who"],
                set_={
                    "wrong": sa.case((over, 1), else_=guesses.c.wrong + 1),
                    "until": sa.case((over, fresh["until"]), else_=guesses.c.until),
                },
            )
        )

    def wrong_guesses(self, who: str, *, at: datetime) -> int:
        found = sa.select(guesses.c.wrong).where(guesses.c.who == who, guesses.c.until > to_micros(at))
        return self._connection.execute(found).scalar_one_or_none() or 0

    def purge(self, *, before: datetime) -> int:
        limit = to_micros(before)
        gone = self._connection.execute(sa.delete(table).where(table.c.expires_at < limit)).rowcount
        return gone + self._connection.execute(sa.delete(guesses).where(guesses.c.until < limit)).rowcount

    def _change(self, request: str, *also: sa.ColumnElement[bool], **values: object) -> bool:
        waiting = (table.c.id == request, table.c.state == State.WAITING.value)
        return self._connection.execute(sa.update(table).where(*waiting, *also).values(**values)).rowcount == 1

    def _one(self, *which: sa.ColumnElement[bool]) -> DeviceRequest | None:
        row = self._connection.execute(sa.select(table).where(*which)).one_or_none()
        if row is None:
            return None
        return DeviceRequest(
            id=row.id,
            request=unpack(self._vault.open(row.request, context=_context(row.id))),
            place=row.place,
            state=State(row.state),
            answer=row.answer,
            browser=row.browser,
            looks=row.looks,
            interval=row.pause,
            polled_at=None if row.polled_at is None else from_micros(row.polled_at),
            asked_at=from_micros(row.asked_at),
            expires_at=from_micros(row.expires_at),
        )


def _context(request: str) -> str:
    return f"device_requests:request:{request}"
