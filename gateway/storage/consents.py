"""Consents: a head that never changes, events that are only added, and the texts that were shown.

A text is kept once, by the hash of all that was shown, and its event names it. Only a check's, which may name one
person's application, is its record's alone, and is forgotten with it.

There is no statement here that updates an event, and none that takes one out of a record that is kept; the record's
`state` column repeats the last one for look-ups. Two writers of the same event number meet the primary key, and one of
them is told no.

As nothing in a record changes, one that was read before is the same as long as its last event is: that event's hash
covers all others and the head. So a record is read whole once, and remembered.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import orjson
import sqlalchemy as sa

from gateway.errors import Outrun
from gateway.flows.remembered import Remembered
from gateway.frozen import Frozen
from gateway.identity.consent import ANSWERABLE, STANDING, ConsentRecord, Event, Kind, State
from gateway.identity.notice import ShownNotice
from gateway.ports.vault import Vault
from gateway.storage import once
from gateway.storage import tables_residents as tables
from gateway.storage.instants import from_micros, maybe_instant, maybe_micros, to_micros
from gateway.storage.packing import pack, unpack
from gateway.storage.prepared import Prepared

TABLE = tables.consents
EVENTS = tables.consent_events
TEXTS = tables.consent_texts
ACCOUNTS = tables.accounts
# in the order in which the index names them: to SQLite another order is another question, which it does not serve
STANDING_STATES = sorted(state.value for state in STANDING)


LAST_HASH = (
    sa.select(EVENTS.c.hash).where(EVENTS.c.record == TABLE.c.id).order_by(EVENTS.c.seq.desc()).limit(1)
).scalar_subquery()


def _select(*where: sa.ColumnElement[bool]) -> sa.Select[Any]:
    """Records that are so, the newest first, each with the hash of its last event."""
    return sa.select(TABLE, LAST_HASH).where(*where).order_by(TABLE.c.created_at.desc(), TABLE.c.id)


def _of_client(kind: Kind) -> tuple[sa.ColumnElement[bool], ...]:
    # the kind stands in the text: SQLite plans anew for each value that a partial index may depend on
    is_kind = TABLE.c.kind == sa.literal_column(f"'{kind.value}'")
    return TABLE.c.account == sa.bindparam("account"), TABLE.c.client == sa.bindparam("client"), is_kind


FIND = Prepared.of(_select(TABLE.c.id == sa.bindparam("record")))
OF_ACCOUNT = Prepared.of(_select(TABLE.c.account == sa.bindparam("account")))
IS_STANDING = TABLE.c.state.in_([sa.literal_column(f"'{state}'") for state in STANDING_STATES])
STANDS = {kind: Prepared.of(_select(*_of_client(kind), IS_STANDING)) for kind in Kind}
LAST = Prepared.of(_select(*_of_client(Kind.CLAIMS)).limit(1))
LAPSED = Prepared.of(_select(TABLE.c.valid_until <= sa.bindparam("at"), IS_STANDING).limit(sa.bindparam("most")))
# what ended, and to which nothing happened since
OVER = (
    sa.select(TABLE.c.id)
    .where(
        TABLE.c.created_at < sa.bindparam("before"),
        ~TABLE.c.state.in_([state.value for state in STANDING | ANSWERABLE]),
        ~sa.exists().where(EVENTS.c.record == TABLE.c.id, EVENTS.c.at >= sa.bindparam("before")),
    )
    .limit(sa.bindparam("most"))
    .with_for_update(skip_locked=True)  # over PostgreSQL, where two may come at once: each record goes once
)
EVENT_NAMES = tuple(column.name for column in EVENTS.columns if column not in (EVENTS.c.record, EVENTS.c.text))
EVENTS_OF = Prepared.of(
    sa.select(*(EVENTS.c[name] for name in EVENT_NAMES))
    .where(EVENTS.c.record == sa.bindparam("record"))
    .order_by(EVENTS.c.seq)
)
TEXTS_OF = Prepared.of(
    sa.select(TEXTS.c.text_sha256, TEXTS.c.id, TEXTS.c.sealed)
    .join(EVENTS, EVENTS.c.text == TEXTS.c.id)
    .where(EVENTS.c.record == sa.bindparam("record"))
)
HAS_TEXT = Prepared.of(sa.select(TEXTS.c.id).where(TEXTS.c.id == sa.bindparam("text")))


def _insert(dialect: str) -> sa.Executable:
    """A row as it is given, unless one like it stands or its account is closed, or just being closed.

    Who closes waits until this is kept; the other way round nobody waits: what they have changed the other may want.
    """
    account = sa.select(ACCOUNTS.c.id).where(ACCOUNTS.c.id == sa.bindparam("account"), ACCOUNTS.c.closed_at.is_(None))
    is_open = account.with_for_update(read=True, skip_locked=True).scalar_subquery().is_not(None)
    kept = sa.select(*(sa.bindparam(column.name, type_=column.type) for column in TABLE.columns)).where(is_open)
    return once.insert(TABLE, dialect).from_select(list(TABLE.columns), kept).on_conflict_do_nothing()


INSERT = Prepared(_insert)
ADD_EVENT = Prepared.insert_once(EVENTS, *(column.name for column in EVENTS.columns))
ADD_TEXT = Prepared.insert_once(TEXTS, *(column.name for column in TEXTS.columns))
SET_STATE = Prepared.of(TABLE.update().where(TABLE.c.id == sa.bindparam("record")).values(state=sa.bindparam("now")))


class Head(Frozen):
    """What is sealed of a record beside its texts."""

    items: tuple[str, ...]
    head: Mapping[str, object]


class SealedTexts(Mapping[str, ShownNotice]):
    """The texts of a record, each opened when it is asked for: most who look at a consent look at what stands."""

    def __init__(self, sealed: Mapping[str, tuple[str, bytes]], vault: Vault) -> None:
        self._sealed = sealed
        self._vault = vault

    def __getitem__(self, text: str) -> ShownNotice:
        key, sealed = self._sealed[text]
        return unpack(ShownNotice, self._vault.open(sealed, context=_context(key)))

    def __iter__(self) -> Iterator[str]:
        return iter(self._sealed)

    def __len__(self) -> int:
        return len(self._sealed)


RememberedConsents = Remembered[str, tuple[str, ConsentRecord]]  # by its id: the hash of its last event, the record


class SqlConsents:
    def __init__(self, connection: sa.Connection, vault: Vault, remembered: RememberedConsents) -> None:
        self._connection = connection
        self._vault = vault
        self._remembered = remembered

    def add(self, record: ConsentRecord) -> None:
        head = pack(Head(items=record.items, head=record.head))
        INSERT.insist(
            self._connection,
            _outrun,
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
        texts: dict[object, str] = {name: self._keep_text(record, shown) for name, shown in record.notices.items()}
        for event in record.events:
            ADD_EVENT.write(self._connection, **_row(record.id, event, texts.get(event.facts.get("text_sha256"))))
        # should it never be committed, nobody will find its last event to ask for it with
        self._remembered.put(record.id, (record.events[-1].hash, record))

    def append(self, record: ConsentRecord, event: Event, shown: ShownNotice | None = None) -> bool:
        text = None if shown is None else self._keep_text(record, shown)
        if ADD_EVENT.changed(self._connection, **_row(record.id, event, text)) == 0:
            return False
        SET_STATE.write(self._connection, record=record.id, now=event.state.value)
        return True

    def append_or_nothing(self, record: ConsentRecord, event: Event, shown: ShownNotice | None = None) -> None:
        text = None if shown is None else self._keep_text(record, shown)
        ADD_EVENT.insist(self._connection, _outrun, **_row(record.id, event, text))
        SET_STATE.write(self._connection, record=record.id, now=event.state.value)

    def find(self, record: str) -> ConsentRecord | None:
        return self._one(FIND, record=record)

    def of_account(self, account: str) -> tuple[ConsentRecord, ...]:
        return self._all(OF_ACCOUNT, account=account)

    def standing(self, account: str, kind: Kind, client: str) -> ConsentRecord | None:
        return self._one(STANDS[kind], account=account, client=client)

    def last_claims(self, account: str, client: str) -> ConsentRecord | None:
        return self._one(LAST, account=account, client=client)

    def lapsed(self, *, at: datetime, limit: int) -> tuple[ConsentRecord, ...]:
        return self._all(LAPSED, at=to_micros(at), most=limit)

    def forget(self, *, ended_before: datetime, limit: int) -> tuple[str, ...]:
        rows = self._connection.execute(OVER, {"before": to_micros(ended_before), "most": limit})
        gone = tuple(row.id for row in rows)
        if gone:
            own = sa.select(EVENTS.c.text).join(TABLE).where(TABLE.c.id.in_(gone), TABLE.c.kind == Kind.CHECK.value)
            for table, which in ((TEXTS, TEXTS.c.id.in_(own)), (EVENTS, EVENTS.c.record.in_(gone))):
                self._connection.execute(sa.delete(table).where(which))
            self._connection.execute(sa.delete(TABLE).where(TABLE.c.id.in_(gone)))
        return gone

    def _keep_text(self, record: ConsentRecord, shown: ShownNotice) -> str:
        """The text's id."""
        packed = pack(shown)
        whose = record.id.encode() if record.kind is Kind.CHECK else b""
        key = hashlib.sha256(whose + packed).hexdigest()
        # over a server the question would be a journey of its own, and most often what is sent with it is there
        if self._connection.dialect.name != "sqlite" or HAS_TEXT.one(self._connection, text=key) is None:
            sealed = self._vault.seal(packed, context=_context(key))
            ADD_TEXT.write(self._connection, id=key, text_sha256=shown.text_sha256, sealed=sealed)
        return key

    def _one(self, which: Prepared, **values: object) -> ConsentRecord | None:
        row = which.one(self._connection, **values)
        return None if row is None else self.read(row)

    def _all(self, which: Prepared, **values: object) -> tuple[ConsentRecord, ...]:
        return tuple(self.read(row) for row in which.all(self._connection, **values))

    def read(self, row: Sequence[Any]) -> ConsentRecord:
        """The record that lies in a row, which ends with the hash of its last event."""
        key, kind, account, client, _, _, valid_until, single_use, sealed, last = row
        known = self._remembered.get(key)
        if known is not None and known[0] == last:
            return known[1]
        head = unpack(Head, self._vault.open(sealed, context=f"consents:sealed:{key}"))
        record = ConsentRecord(
            id=key,
            kind=Kind(kind),
            account=account,
            client=client,
            items=head.items,
            head=head.head,
            notices=self._texts(key),
            events=tuple(_event(facts) for facts in EVENTS_OF.all(self._connection, record=key)),
            valid_until=maybe_instant(valid_until),
            single_use=bool(single_use),  # SQLite knows no other than 0 and 1
        )
        self._remembered.put(key, (last, record))
        return record

    def _texts(self, record: str) -> Mapping[str, ShownNotice]:
        found = TEXTS_OF.all(self._connection, record=record)
        return SealedTexts({text: (key, sealed) for text, key, sealed in found}, self._vault)


def _outrun() -> Outrun:
    return Outrun("consent_changed_meanwhile")


def _row(record: str, event: Event, text: str | None) -> dict[str, object]:
    return {
        "record": record,
        "seq": event.seq,
        "state": event.state.value,
        "at": to_micros(event.at),
        "by": event.by,
        "facts": orjson.dumps(dict(event.facts), option=orjson.OPT_SORT_KEYS).decode(),
        "prev_hash": event.prev_hash,
        "hash": event.hash,
        "text": text,
    }


def _event(row: Sequence[Any]) -> Event:
    facts = dict(zip(EVENT_NAMES, row, strict=True))
    told = {"state": State(facts["state"]), "at": from_micros(facts["at"]), "facts": orjson.loads(facts["facts"])}
    return Event(**{**facts, **told})


def _context(text: str) -> str:
    return f"consent_texts:sealed:{text}"
