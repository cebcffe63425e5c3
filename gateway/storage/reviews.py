"""Reviews: what an operator must decide.

The two records are erased when the review closes, or is decided to be of two people; whose it was when it closes.
"""

from datetime import datetime
from typing import Any

import orjson
import sqlalchemy as sa

from gateway.frozen import Frozen
from gateway.identity.assertion import RegionAssertion
from gateway.identity.identifier import Identifier
from gateway.identity.review import Review, ReviewState
from gateway.ports.vault import Vault
from gateway.storage import tables_residents as tables
from gateway.storage.bindings import index
from gateway.storage.instants import from_micros, maybe_instant, maybe_micros, to_micros
from gateway.storage.packing import pack, unpack

TABLE = tables.reviews
CLOSED = ReviewState.CLOSED.value


class Pair(Frozen):
    """The two records laid side by side."""

    home: RegionAssertion | None
    guangdong: RegionAssertion | None


class SqlReviews:
    def __init__(self, connection: sa.Connection, vault: Vault) -> None:
        self._connection = connection
        self._vault = vault

    def add(self, review: Review, home: Identifier) -> None:
        pair = pack(Pair(home=review.home, guangdong=review.guangdong))
        self._connection.execute(
            TABLE.insert().values(
                id=review.id,
                reference=review.reference,
                home_key=index(self._vault, home),
                state=review.state.value,
                reasons=orjson.dumps(review.reasons).decode(),
                opened_at=to_micros(review.opened_at),
                expires_at=to_micros(review.expires_at),
                sealed=self._vault.seal(pair, context=f"reviews:sealed:{review.id}"),
            )
        )

    def of(self, home: Identifier) -> Review | None:
        key = index(self._vault, home)
        return next(iter(self._all(TABLE.c.home_key == key, TABLE.c.state != CLOSED, limit=1)), None)

    def find(self, reference: str) -> Review | None:
        return next(iter(self._all(TABLE.c.reference == reference, limit=1)), None)

    def list(self, *, open_only: bool, limit: int) -> tuple[Review, ...]:
        where = (TABLE.c.state == ReviewState.OPEN.value,) if open_only else ()
        return self._all(*where, limit=limit)

    def save(self, review: Review) -> bool:
        values: dict[str, object] = {
            "state": review.state.value,
            "decided_at": maybe_micros(review.decided_at),
            "decided_by": review.decided_by,
            "ground": review.ground,
        }
        # a decision is made once, of an open review; any review that is not closed can be closed
        before = TABLE.c.state == ReviewState.OPEN.value
        if review.state in (ReviewState.CLOSED, ReviewState.NOT_SAME_PERSON):
            values["sealed"] = None  # one of them is of somebody else, or neither is needed any more
        if review.state is ReviewState.CLOSED:
            values["home_key"], before = f"-{review.id}"[:64], TABLE.c.state != CLOSED
        done = self._connection.execute(TABLE.update().where(TABLE.c.id == review.id, before).values(**values))
        return done.rowcount == 1

    def over(self, *, at: datetime, limit: int) -> tuple[Review, ...]:
        return self._all(TABLE.c.expires_at <= to_micros(at), TABLE.c.state != CLOSED, limit=limit)

    def _all(self, *where: sa.ColumnElement[bool], limit: int) -> tuple[Review, ...]:
        found = sa.select(TABLE).where(*where).order_by(TABLE.c.opened_at.desc(), TABLE.c.id).limit(limit)
        return tuple(self._value(row) for row in self._connection.execute(found))

    def _value(self, row: sa.Row[Any]) -> Review:
        pair = Pair(home=None, guangdong=None)
        if row.sealed is not None:
            pair = unpack(Pair, self._vault.open(row.sealed, context=f"reviews:sealed:{row.id}"))
        return Review(
            id=row.id,
            reference=row.reference,
            home=pair.home,
            guangdong=pair.guangdong,
            reasons=tuple(orjson.loads(row.reasons)),
            state=ReviewState(row.state),
            opened_at=from_micros(row.opened_at),
            expires_at=from_micros(row.expires_at),
            decided_at=maybe_instant(row.decided_at),
            decided_by=row.decided_by,
            ground=row.ground,
        )
