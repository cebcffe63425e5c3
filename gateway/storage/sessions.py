"""Sessions: named by the hash of the cookie's value, ended by a mark, forgotten after a while."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from gateway.errors import StepRefused
from gateway.identity.region import Region
from gateway.identity.session import Session
from gateway.storage import once
from gateway.storage import tables_residents as tables
from gateway.storage.instants import from_micros, maybe_instant, maybe_micros, to_micros
from gateway.storage.prepared import Prepared

TABLE = tables.sessions
BINDINGS = tables.bindings


def _insert(dialect: str) -> sa.Executable:
    """A row as it is given, unless its binding has ended, or is just being ended.

    Who ends it waits until this is kept, and ends this, too; the other way round nobody waits.
    """
    binding = sa.select(BINDINGS.c.id).where(BINDINGS.c.id == sa.bindparam("binding"), tables.ACTIVE)
    is_active = binding.with_for_update(read=True, skip_locked=True).scalar_subquery().is_not(None)
    kept = sa.select(*(sa.bindparam(column.name, type_=column.type) for column in TABLE.columns)).where(is_active)
    return once.insert(TABLE, dialect).from_select(list(TABLE.columns), kept)


INSERT = Prepared(_insert)
GET = Prepared.of(sa.select(TABLE).where(TABLE.c.id == sa.bindparam("session")))
TOUCH = Prepared.of(
    TABLE.update()
    .where(TABLE.c.id == sa.bindparam("session"), TABLE.c.ended_at.is_(None), TABLE.c.seen_at < sa.bindparam("before"))
    .values(seen_at=sa.bindparam("at"))
)


class SqlSessions:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, session: Session) -> None:
        INSERT.insist(
            self._connection,
            _ended,
            id=session.id,
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

    def get(self, session: str) -> Session | None:
        row = GET.one(self._connection, session=session)
        return None if row is None else session_of(row)

    def of_account(self, account: str) -> tuple[Session, ...]:
        found = self._connection.execute(
            sa.select(TABLE)
            .where(TABLE.c.account == account, TABLE.c.ended_at.is_(None))
            .order_by(TABLE.c.created_at.desc(), TABLE.c.id)
        )
        return tuple(session_of(row) for row in found)

    def touch(self, session: str, *, at: datetime) -> None:
        stamp = to_micros(at)
        TOUCH.write(self._connection, session=session, before=stamp, at=stamp)

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

    def end_all(self, *, at: datetime, why: str) -> int:
        return self._end(sa.true(), at=at, why=why)

    def forget_browsers(self, account: str) -> None:
        self._connection.execute(TABLE.update().where(TABLE.c.account == account).values(browser=""))

    def purge(self, *, before: datetime) -> int:
        return self._connection.execute(TABLE.delete().where(TABLE.c.created_at < to_micros(before))).rowcount

    def _end(self, where: sa.ColumnElement[bool], *, at: datetime, why: str) -> int:
        return self._connection.execute(
            TABLE.update().where(where, TABLE.c.ended_at.is_(None)).values(ended_at=to_micros(at), ended=why)
        ).rowcount


def _ended() -> StepRefused:
    return StepRefused("session_ended")


def session_of(row: Sequence[Any]) -> Session:
    """The session that lies in a whole row."""
    key, browser, account, home, binding, acr, amr, authenticated, created, seen, ended_at, ended = row
    return Session(
        id=key,
        browser=browser,
        account=account,
        home=Region(home),
        binding=binding,
        acr=acr,
        amr=tuple(amr.split()),
        authenticated_at=from_micros(authenticated),
        created_at=from_micros(created),
        seen_at=from_micros(seen),
        ended_at=maybe_instant(ended_at),
        ended=ended,
    )
