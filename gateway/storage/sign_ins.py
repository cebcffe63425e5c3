"""Parked sign-ins: one sealed value each, with what it is found by and when it ends in clear."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from msgspec.structs import replace

from gateway.errors import Outrun
from gateway.identity.region import Region
from gateway.oidc.sign_in import AWAY, SignIn
from gateway.ports.vault import Vault
from gateway.storage import tables_residents as tables
from gateway.storage.instants import maybe_instant, to_micros
from gateway.storage.once import insert_once
from gateway.storage.packing import pack, unpack
from gateway.storage.prepared import Prepared

Bound = dict[str, sa.BindParameter[Any]]

TABLE = tables.sign_ins
DELIVERIES, SESSIONS = tables.deliveries, tables.sessions
MOST_TABS = 20  # of one browser's sign-ins, how many are looked through

INSERT = Prepared.insert(TABLE)
FIND = Prepared.of(sa.select(TABLE.c.id, TABLE.c.sealed).where(TABLE.c.id == sa.bindparam("sign_in")))
KNOWN_AT = (
    sa.exists()
    .where(SESSIONS.c.browser == TABLE.c.browser, SESSIONS.c.home == sa.bindparam("home"))
    .correlate(TABLE)
    .label("known")
)
FIND_WITH_HOME = Prepared.of(
    sa.select(TABLE.c.id, TABLE.c.sealed, KNOWN_AT).where(TABLE.c.id == sa.bindparam("sign_in"))
)
DEPARTED = Prepared.of(sa.select(TABLE.c.id, TABLE.c.sealed).where(TABLE.c.state == sa.bindparam("key")))
OF_BROWSER = Prepared.of(
    sa.select(TABLE.c.id, TABLE.c.sealed)
    .where(TABLE.c.browser == sa.bindparam("browser"))
    .order_by(TABLE.c.created_at.desc())
    .limit(MOST_TABS)
)
CLAIMED_AT = Prepared.of(sa.select(TABLE.c.claimed_at).where(TABLE.c.id == sa.bindparam("sign_in")))
AS_READ = (TABLE.c.id == sa.bindparam("sign_in"), TABLE.c.revision == sa.bindparam("before"))
CLAIM = Prepared.of(
    TABLE.update()
    .where(*AS_READ, TABLE.c.claimed_at.is_(None) | (TABLE.c.claimed_at <= sa.bindparam("lapsed")))
    .values(claimed_at=sa.bindparam("at"))
    # by a value: within an UPDATE columns are written bare, and `state = state` would take anybody's delivery
    .returning(sa.select(DELIVERIES.c.sealed).where(DELIVERIES.c.state == sa.bindparam("key")).scalar_subquery())
)
ALWAYS: Bound = {name: sa.bindparam(name) for name in ("session", "revision", "sealed")}
# what a departure changes, a question that is read for long, and the end, after which it is kept for a while
INDEXED: Bound = {name: sa.bindparam(name) for name in ("state", "expires_at")}
SAVE = Prepared.of(TABLE.update().where(*AS_READ).values(claimed_at=sa.null(), **ALWAYS, **INDEXED))
# Most steps change only what is sealed. Then no index is written: with one, four more pages a step go to the log.
# (PostgreSQL looks by itself whether a column of an index changed.)
STILL = tuple(TABLE.c[name].is_not_distinct_from(value) for name, value in INDEXED.items())
SAVE_SEALED = Prepared.of(TABLE.update().where(*AS_READ, *STILL).values(claimed_at=sa.null(), **ALWAYS))
DELIVERED = Prepared.of(sa.select(DELIVERIES.c.sealed).where(DELIVERIES.c.state == sa.bindparam("key")))
FORGET = Prepared.of(DELIVERIES.delete().where(DELIVERIES.c.state == sa.bindparam("key")))


class SqlSignIns:
    def __init__(self, connection: sa.Connection, vault: Vault) -> None:
        self._connection = connection
        self._vault = vault

    def add(self, sign_in: SignIn) -> None:
        INSERT.write(self._connection, id=sign_in.id, claimed_at=None, **self._row(sign_in))

    def find(self, sign_in: str) -> SignIn | None:
        return self._one(FIND, sign_in=sign_in)

    def find_with_home(self, sign_in: str, home: Region) -> tuple[SignIn, bool] | None:
        row = FIND_WITH_HOME.one(self._connection, sign_in=sign_in, home=home.value)
        return None if row is None else (self.read(row), bool(row[2]))

    def departed(self, state: str) -> SignIn | None:
        return self._one(DEPARTED, key=_hash(state))

    def away(self, browser: str, to: str) -> SignIn | None:
        found = (self.read(row) for row in OF_BROWSER.all(self._connection, browser=browser))
        return next((one for one in found if one.stage in AWAY and one.departure and one.departure.to == to), None)

    def save(self, sign_in: SignIn) -> SignIn | None:
        kept, row = self._next(sign_in)
        return kept if self._save_sealed(kept, row) or SAVE.changed(self._connection, **row) == 1 else None

    def keep(self, sign_in: SignIn) -> SignIn:
        kept, row = self._next(sign_in)
        if not self._save_sealed(kept, row):
            SAVE.insist(self._connection, _outrun, **row)
        return kept

    def _next(self, sign_in: SignIn) -> tuple[SignIn, dict[str, object]]:
        kept = replace(sign_in, revision=sign_in.revision + 1)
        return kept, {"sign_in": sign_in.id, "before": sign_in.revision, **self._row(kept)}

    def _save_sealed(self, kept: SignIn, row: dict[str, object]) -> bool:
        """Whether that was all, over SQLite."""
        still = self._connection.dialect.name == "sqlite" and kept.stage not in AWAY
        return still and SAVE_SEALED.changed(self._connection, **row) == 1

    def claim(self, sign_in: SignIn, *, at: datetime, lapsed: datetime) -> Mapping[str, str] | None:
        key = None if sign_in.last_state is None else _hash(sign_in.last_state)
        row = CLAIM.last(
            self._connection,
            sign_in=sign_in.id,
            before=sign_in.revision,
            at=to_micros(at),
            lapsed=to_micros(lapsed),
            key=key,
        )
        if row is None or row[0] is None or key is None:
            return None if row is None else {}
        return self._delivered(key, row[0])

    def claimed_at(self, sign_in: str) -> datetime | None:
        row = CLAIMED_AT.one(self._connection, sign_in=sign_in)
        return None if row is None else maybe_instant(row[0])

    def expired(self, *, before: datetime, limit: int) -> tuple[SignIn, ...]:
        found = self._connection.execute(
            sa.select(TABLE.c.id, TABLE.c.sealed)
            .where(TABLE.c.expires_at <= to_micros(before))
            .order_by(TABLE.c.expires_at)
            .limit(limit)
        )
        return tuple(self.read(row) for row in found)

    def remove(self, sign_in: str) -> None:
        state = sa.select(TABLE.c.state).where(TABLE.c.id == sign_in, TABLE.c.state.is_not(None)).scalar_subquery()
        self._connection.execute(DELIVERIES.delete().where(DELIVERIES.c.state == state))
        self._connection.execute(TABLE.delete().where(TABLE.c.id == sign_in))

    def deliver(self, state: str, memory: Mapping[str, str], *, at: datetime) -> bool:
        key = _hash(state)
        if DEPARTED.one(self._connection, key=key) is None:
            return False
        sealed = self._vault.seal(pack(dict(memory)), context=f"deliveries:sealed:{key}")
        row = {"state": key, "delivered_at": to_micros(at), "sealed": sealed}
        return insert_once(self._connection, DELIVERIES, row)

    def delivery(self, state: str) -> Mapping[str, str] | None:
        key = _hash(state)
        row = DELIVERED.one(self._connection, key=key)
        return None if row is None else self._delivered(key, row[0])

    def forget_delivery(self, state: str) -> None:
        FORGET.write(self._connection, key=_hash(state))

    def purge_deliveries(self, *, before: datetime) -> int:
        return self._connection.execute(
            DELIVERIES.delete().where(DELIVERIES.c.delivered_at <= to_micros(before))
        ).rowcount

    def _one(self, which: Prepared, **values: object) -> SignIn | None:
        row = which.one(self._connection, **values)
        return None if row is None else self.read(row)

    def read(self, row: Sequence[Any]) -> SignIn:
        """The sign-in of a row that begins with its id and what is sealed."""
        key, sealed = row[:2]
        return unpack(SignIn, self._vault.open(sealed, context=f"sign_ins:sealed:{key}"))

    def _delivered(self, key: str, sealed: bytes) -> Mapping[str, str]:
        opened: Mapping[str, str] = unpack(dict, self._vault.open(sealed, context=f"deliveries:sealed:{key}"))
        return opened

    def _row(self, sign_in: SignIn) -> dict[str, object]:
        return {
            "browser": sign_in.browser,
            "client": client_of(sign_in),
            "session": sign_in.session,
            "state": None if sign_in.last_state is None else _hash(sign_in.last_state),
            "created_at": to_micros(sign_in.created_at),
            "expires_at": to_micros(sign_in.expires_at),
            "revision": sign_in.revision,
            "sealed": self._vault.seal(pack(sign_in), context=f"sign_ins:sealed:{sign_in.id}"),
        }


def client_of(sign_in: SignIn) -> str:
    """Who asks for it; nobody where a person visits their own pages."""
    return "" if sign_in.request is None else sign_in.request.client


def _outrun() -> Outrun:
    return Outrun("sign_in_changed_meanwhile")


def _hash(state: str) -> str:
    return hashlib.sha256(state.encode()).hexdigest()
