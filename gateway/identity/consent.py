"""A consent: what was asked, in which words, and everything that happened to it since (ISO/IEC TS 27560).

The record's head never changes. Its events are only ever added, and each one's hash covers the one before, so
that an event cannot be taken out or altered without the chain breaking; the first covers the head.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum

from msgspec import field
from msgspec.structs import replace

from gateway.frozen import Frozen, Hidden
from gateway.identity.canonical import digest
from gateway.identity.notice import ShownNotice

SCHEMA = "urn:gba:consent-record:1"


class Kind(StrEnum):
    """Consents are separate; none is part of another (PIPL 23, 29, 39)."""

    BINDING = "binding"
    CLAIMS = "claims"
    CHECK = "check"


class State(StrEnum):
    """What can happen to a consent. `replaced` is ours: a newer record of the same kind took over."""

    REQUESTED = "requested"
    RENOTIFIED = "renotified"
    GIVEN = "given"
    REFUSED = "refused"
    UNANSWERED = "unanswered"
    USED = "used"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    INVALIDATED = "invalidated"
    REPLACED = "replaced"
    DELETION_CONFIRMED = "deletion-confirmed"


# What may follow what. A silence is not an answer, and an ended consent is not revived: one asks again, anew.
FOLLOWS: dict[State | None, frozenset[State]] = {
    None: frozenset({State.REQUESTED}),
    State.REQUESTED: frozenset({State.RENOTIFIED, State.GIVEN, State.REFUSED, State.UNANSWERED}),
    State.RENOTIFIED: frozenset({State.RENOTIFIED, State.GIVEN, State.REFUSED, State.UNANSWERED}),
    State.GIVEN: frozenset({State.USED, State.WITHDRAWN, State.EXPIRED, State.INVALIDATED, State.REPLACED}),
    State.USED: frozenset({State.USED, State.WITHDRAWN, State.EXPIRED, State.INVALIDATED, State.REPLACED}),
    State.WITHDRAWN: frozenset({State.DELETION_CONFIRMED}),
    State.EXPIRED: frozenset({State.DELETION_CONFIRMED}),
    State.INVALIDATED: frozenset({State.DELETION_CONFIRMED}),
    State.REPLACED: frozenset({State.DELETION_CONFIRMED}),
    State.REFUSED: frozenset(),
    State.UNANSWERED: frozenset(),
    State.DELETION_CONFIRMED: frozenset(),
}
STANDING = frozenset({State.GIVEN, State.USED})
ANSWERABLE = frozenset({State.REQUESTED, State.RENOTIFIED})
TAKEN_BACK = frozenset({State.WITHDRAWN, State.DELETION_CONFIRMED})  # by the person, and nothing may rest on it


class Event(Frozen):
    """One thing that happened. `by` is person, gateway or operator; `facts` are slugs, ids and hashes, never names."""

    seq: int
    state: State
    at: datetime
    by: str
    facts: Mapping[str, object] = field(default_factory=dict)
    prev_hash: str
    hash: str


class ConsentRecord(Frozen):
    """One consent. `head` has the sections header, processing and parties (ISO/IEC TS 27560), fixed when it was asked.

    `notices` are the texts shown, by their hash; the events say which was shown when.
    """

    id: str
    kind: Kind
    account: str | None  # None while the person has none: a binding that was asked about
    client: str | None
    items: tuple[str, ...]  # claims, or the check's purpose; what agreeing allows
    head: Hidden[Mapping[str, object]]
    notices: Hidden[Mapping[str, ShownNotice]]
    events: tuple[Event, ...]
    valid_until: datetime | None = None
    single_use: bool = False

    @property
    def state(self) -> State:
        return self.events[-1].state

    @property
    def notice(self) -> ShownNotice:
        """The text that was last shown."""
        shown = next(event for event in reversed(self.events) if "text_sha256" in event.facts)
        return self.notices[str(shown.facts["text_sha256"])]


def genesis(record_id: str, head: Mapping[str, object]) -> str:
    """What the first event's `prev_hash` is: the head, tied to the record's id."""
    return digest({"record_id": record_id, "head": head})


def event(
    state: State, *, seq: int, prev_hash: str, at: datetime, by: str, facts: Mapping[str, object] | None = None
) -> Event:
    """An event with its place in the chain."""
    facts = dict(facts or {})
    return Event(
        seq=seq,
        state=state,
        at=at,
        by=by,
        facts=facts,
        prev_hash=prev_hash,
        hash=event_hash(state=state, seq=seq, prev_hash=prev_hash, at=at, by=by, facts=facts),
    )


def event_hash(*, state: State, seq: int, prev_hash: str, at: datetime, by: str, facts: Mapping[str, object]) -> str:
    return digest(
        {"seq": seq, "state": state.value, "at": stamp(at), "by": by, "facts": dict(facts), "prev_hash": prev_hash}
    )


def asked(
    *,
    record_id: str,
    kind: Kind,
    account: str | None,
    client: str | None,
    items: tuple[str, ...],
    head: Mapping[str, object],
    shown: ShownNotice,
    at: datetime,
    valid_until: datetime | None = None,
    single_use: bool = False,
) -> ConsentRecord:
    """A record that begins: the question was put in these words."""
    first = event(
        State.REQUESTED, seq=1, prev_hash=genesis(record_id, head), at=at, by="gateway", facts=shown_facts(shown)
    )
    return ConsentRecord(
        id=record_id,
        kind=kind,
        account=account,
        client=client,
        items=items,
        head=head,
        notices={shown.text_sha256: shown},
        events=(first,),
        valid_until=valid_until,
        single_use=single_use,
    )


def shown_facts(shown: ShownNotice) -> dict[str, object]:
    """Which words, for an event."""
    return {
        "notice_id": shown.id,
        "notice_version": shown.version,
        "notice_effective_at": shown.effective_from.isoformat(),
        "language_shown": shown.language,
        "binding_language": shown.binding_language,
        "text_sha256": shown.text_sha256,
        "text_set_sha256": shown.text_set_sha256,
    }


def objection(record: ConsentRecord, then: State) -> str | None:
    """Why this cannot happen to the record now, or None if it can."""
    return None if then in FOLLOWS[record.state] else f"consent_is_{record.state.value.replace('-', '_')}"


def then(
    record: ConsentRecord,
    state: State,
    *,
    at: datetime,
    by: str,
    facts: Mapping[str, object] | None = None,
    shown: ShownNotice | None = None,
) -> ConsentRecord:
    """The record after one more event; `shown` adds the words that were on the screen. Check `objection` first."""
    told = {**(facts or {}), **(shown_facts(shown) if shown is not None else {})}
    last = record.events[-1]
    added = event(state, seq=last.seq + 1, prev_hash=last.hash, at=at, by=by, facts=told)
    notices = record.notices if shown is None else {**record.notices, shown.text_sha256: shown}
    return replace(record, events=(*record.events, added), notices=notices)


def stands(record: ConsentRecord, at: datetime) -> bool:
    """Whether what was agreed may be done at this moment."""
    if record.state not in STANDING or (record.valid_until is not None and at >= record.valid_until):
        return False
    return not (record.single_use and record.state is State.USED)


def broken_at(record: ConsentRecord) -> int | None:
    """The number of the first event whose hash does not hold, or None if the chain is whole."""
    prev = genesis(record.id, record.head)
    for seq, item in enumerate(record.events, start=1):
        due = event_hash(state=item.state, seq=seq, prev_hash=prev, at=item.at, by=item.by, facts=item.facts)
        if item.seq != seq or item.prev_hash != prev or item.hash != due:
            return seq
        prev = item.hash
    return None


def stamp(at: datetime) -> str:
    """An instant in records: UTC to the microsecond (RFC 3339)."""
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
