"""What clients used up of their requests a minute: one number each, moved on by one statement.

The number is the moment until which what was taken counts (the generic cell rate algorithm of ATM Forum TM 4.0, §4.4):
taking moves it on by the cost, from now if it lies behind, and never further than a minute ahead.
"""

from datetime import datetime, timedelta

import sqlalchemy as sa

from gateway.storage import once
from gateway.storage.instants import from_micros, to_micros
from gateway.storage.prepared import Prepared
from gateway.storage.tables_partners import client_buckets as table

WINDOW = timedelta(minutes=1)


def _take(dialect: str) -> sa.Executable:
    now, cost = sa.bindparam("now", type_=sa.BigInteger), sa.bindparam("cost", type_=sa.BigInteger)
    begun = sa.case((table.c.full_until > now, table.c.full_until), else_=now)
    values = {"client": sa.bindparam("client"), "full_until": sa.bindparam("first", type_=sa.BigInteger)}
    return (
        once.insert(table, dialect)
        .values(values)
        .on_conflict_do_update(
            index_elements=[table.c.client],
            set_={"full_until": begun + cost},
            where=begun + cost <= sa.bindparam("limit", type_=sa.BigInteger),
        )
    )


TAKE = Prepared(_take)
FULL_UNTIL = Prepared.of(sa.select(table.c.full_until).where(table.c.client == sa.bindparam("client")))


class SqlClientBuckets:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def take(self, client: str, *, cost: timedelta, at: datetime) -> bool:
        now, micros = to_micros(at), cost // timedelta(microseconds=1)
        values = {"now": now, "cost": micros, "first": now + micros, "limit": to_micros(at + WINDOW)}
        return TAKE.changed(self._connection, client=client, **values) == 1

    def full_until(self, client: str) -> datetime | None:
        row = FULL_UNTIL.one(self._connection, client=client)
        return from_micros(row[0]) if row else None
