"""Consents: a head that never changes, events that are only added, and the texts that were shown.

There is no statement here that updates or deletes an event; the record's `state` column repeats the last one for
look-ups. Two writers of the same event number meet the primary key, and one of them is told no.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
import sqlalchemy as sa

from gateway.identity.consent import STANDING, ConsentRecord, Event, Kind, State
from gateway.identity.notice import ShownNotice
from gateway.ports.vault import Vault
from gateway.storage import tables_residents as tables
from gateway.storage.instants import from_micros, maybe_instant, maybe_micros, to_micros
from gateway.storage.once import insert_once
from gateway.storage.packing import pack, unpack

TABLE = tables.consents
EVENTS = tables.consent_events
TEXTS = tables.consent_texts
STANDING_STATES = tuple(state.value for state in STANDING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What is sealed of a record beside its texts."""

    items: tuple[str, ...]
    head: Mapping[str, object]


class SqlConsents:
    def __init__(self, connection: sa.Connection, vault: Vault) -> None:
        self._connection = connection
        self._vault = vault

    def add(self, record: ConsentRecord) -> None:
        head = pack(Head(items=record.items, head=record.head))
        self._connection.execute(
            TABLE.insert().values(
                id=record.id,
                kind=record.kind.value,
                account=record.account,
                client=record.client,
                state=record.state.value,
                created_at=to_micros(record.events[0].at),
                valid_until=maybe_micros(record.valid_until),
                single_use=record.single_use,
                sealed=self._vault.seal(head, context=f"consents:sealed:{record.id}"),
            )
        )
        for shown in record.notices.values():
            self._keep_text(record.id, shown)
        for event in record.events:
            self._add(record.id, event)

    def append(self, record: str, event: Event, shown: ShownNotice | None = None) -> bool:
        if shown is not None:
            self._keep_text(record, shown)
        if not self._add(record, event):
            return False
        self._connection.execute(TABLE.update().where(TABLE.c.id == record).values(state=event.state.value))
        return True

    def find(self, record: str) -> ConsentRecord | None:
        return next(iter(self._all(TABLE.c.id == record)), None)

    def of_account(self, account: str) -> tuple[ConsentRecord, ...]:
        return self._all(TABLE.c.account == account)

    def standing(self, account: str, kind: Kind, client: str) -> ConsentRecord | None:
        found = self._all(
            TABLE.c.account == account,
            TABLE.c.kind == kind.value,
            TABLE.c.client == client,
            TABLE.c.state.in_(STANDING_STATES),
        )
        return next(iter(found), None)

    def last_claims(self, account: str, client: str) -> ConsentRecord | None:
        found = self._all(
            TABLE.c.account == account, TABLE.c.kind == Kind.CLAIMS.value, TABLE.c.client == client, limit=1
        )
        return next(iter(found), None)

    def lapsed(self, *, at: datetime, limit: int) -> tuple[ConsentRecord, ...]:
        over = TABLE.c.valid_until <= to_micros(at)
        return self._all(over, TABLE.c.state.in_(STANDING_STATES), limit=limit)

    def _add(self, record: str, event: Event) -> bool:
        row = {
            "record": record,
            "seq": event.seq,
            "state": event.state.value,
            "at": to_micros(event.at),
            "by": event.by,
            "facts": orjson.dumps(dict(event.facts), option=orjson.OPT_SORT_KEYS).decode(),
            "prev_hash": event.prev_hash,
            "hash": event.hash,
        }
        return insert_once(self._connection, EVENTS, row)

    def _keep_text(self, record: str, shown: ShownNotice) -> None:
        context = f"consent_texts:sealed:{record}:{shown.text_sha256}"
        sealed = self._vault.seal(pack(shown), context=context)
        insert_once(self._connection, TEXTS, {"record": record, "text_sha256": shown.text_sha256, "sealed": sealed})

    def _all(self, *where: sa.ColumnElement[bool], limit: int | None = None) -> tuple[ConsentRecord, ...]:
        found = sa.select(TABLE).where(*where).order_by(TABLE.c.created_at.desc(), TABLE.c.id).limit(limit)
        rows = self._connection.execute(found).all()
        ids = [row.id for row in rows]
        events, texts = self._events(ids), self._texts(ids)
        return tuple(self._value(row, events[row.id], texts[row.id]) for row in rows)

    def _events(self, ids: list[str]) -> Mapping[str, tuple[Event, ...]]:
        found: dict[str, tuple[Event, ...]] = defaultdict(tuple)
        for row in self._connection.execute(sa.select(EVENTS).where(EVENTS.c.record.in_(ids)).order_by(EVENTS.c.seq)):
            event = Event(
                seq=row.seq,
                state=State(row.state),
                at=from_micros(row.at),
                by=row.by,
                facts=orjson.loads(row.facts),
                prev_hash=row.prev_hash,
                hash=row.hash,
            )
            found[row.record] = (*found[row.record], event)
        return found

    def _texts(self, ids: list[str]) -> Mapping[str, dict[str, ShownNotice]]:
        found: dict[str, dict[str, ShownNotice]] = defaultdict(dict)
        for row in self._connection.execute(sa.select(TEXTS).where(TEXTS.c.record.in_(ids))):
            context = f"consent_texts:sealed:{row.record}:{row.text_sha256}"
            found[row.record][row.text_sha256] = unpack(ShownNotice, self._vault.open(row.sealed, context=context))
        return found

    def _value(self, row: sa.Row[Any], events: tuple[Event, ...], texts: Mapping[str, ShownNotice]) -> ConsentRecord:
        head = unpack(Head, self._vault.open(row.sealed, context=f"consents:sealed:{row.id}"))
        return ConsentRecord(
            id=row.id,
            kind=Kind(row.kind),
            account=row.account,
            client=row.client,
            items=head.items,
            head=head.head,
            notices=texts,
            events=events,
            valid_until=maybe_instant(row.valid_until),
            single_use=row.single_use,
        )
