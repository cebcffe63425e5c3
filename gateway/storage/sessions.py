"""Sessions: found by the hash of the cookie's value, ended by a mark, forgotten after a while."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from gateway.identity.region import Region
from gateway.identity.session import Session
from gateway.storage import tables_residents as tables
from gateway.storage.instants import from_micros, maybe_instant, maybe_micros, to_micros

TABLE = tables.sessions


class SqlSessions:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, session: Session) -> None:
        self._connection.execute(
            TABLE.insert().values(
                id=session.id,
                secret=session.secret,
                browser=session.browser,
                account=session.account,
                home=session.home.value,
                binding=session.binding,
                acr=session.acr,
                amr=" ".join(session.amr),
                authenticated_at=to_micros(session.authenticated_at),
                created_at=to_micros(session.created_at),
                seen_at=to_micros(session.seen_at),
                ended_at=maybe_micros(session.ended_at),
                ended=session.ended,
            )
        )

    def find(self, secret: str) -> Session | None:
        return self._one(TABLE.c.secret == secret)

    def get(self, session: str) -> Session | None:
        return self._one(TABLE.c.id == session)

    def of_account(self, account: str) -> tuple[Session, ...]:
        found = self._connection.execute(
            sa.select(TABLE)
            .where(TABLE.c.account == account, TABLE.c.ended_at.is_(None))
            .order_by(TABLE.c.created_at.desc(), TABLE.c.id)
        )
        return tuple(_value(row) for row in found)

    def known(self, browser: str, home: Region) -> bool:
        found = self._connection.execute(
            sa.select(TABLE.c.id).where(TABLE.c.browser == browser, TABLE.c.home == home.value).limit(1)
        )
        return found.first() is not None

    def touch(self, session: str, *, at: datetime) -> None:
        self._connection.execute(
            TABLE.update()
            .where(TABLE.c.id == session, TABLE.c.ended_at.is_(None), TABLE.c.seen_at < to_micros(at))
            .values(seen_at=to_micros(at))
        )

    def raise_level(self, session: str, *, acr: str, amr: tuple[str, ...], authenticated_at: datetime) -> None:
        self._connection.execute(
            TABLE.update()
            .where(TABLE.c.id == session, TABLE.c.ended_at.is_(None))
            .values(acr=acr, amr=" ".join(amr), authenticated_at=to_micros(authenticated_at))
        )

    def end(self, session: str, *, at: datetime, why: str) -> bool:
        return self._end(TABLE.c.id == session, at=at, why=why) == 1

    def end_of_account(self, account: str, *, at: datetime, why: str) -> int:
        return self._end(TABLE.c.account == account, at=at, why=why)

    def purge(self, *, before: datetime) -> int:
        return self._connection.execute(TABLE.delete().where(TABLE.c.created_at < to_micros(before))).rowcount

    def _one(self, where: sa.ColumnElement[bool]) -> Session | None:
        row = self._connection.execute(sa.select(TABLE).where(where)).first()
        return None if row is None else _value(row)

    def _end(self, where: sa.ColumnElement[bool], *, at: datetime, why: str) -> int:
        return self._connection.execute(
            TABLE.update().where(where, TABLE.c.ended_at.is_(None)).values(ended_at=to_micros(at), ended=why)
        ).rowcount


def _value(row: sa.Row[Any]) -> Session:
    return Session(
        id=row.id,
        secret=row.secret,
        browser=row.browser,
        account=row.account,
        home=Region(row.home),
        binding=row.binding,
        acr=row.acr,
        amr=tuple(row.amr.split()),
        authenticated_at=from_micros(row.authenticated_at),
        created_at=from_micros(row.created_at),
        seen_at=from_micros(row.seen_at),
        ended_at=maybe_instant(row.ended_at),
        ended=row.ended,
    )
