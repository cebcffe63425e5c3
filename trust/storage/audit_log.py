"""The audit trail in the database: entries in the caller's transaction, links drawn by the worker."""

from datetime import datetime

import sqlalchemy as sa

from trust.audit import chain, event
from trust.audit.chain import Entry, Link
from trust.audit.event import Event
from trust.storage.instants import to_micros
from trust.storage.tables import UNLINKED, audit_entries, audit_links

MOST_AT_ONCE = 5000
LINKS_AT_ONCE = 1000


class SqlAuditLog:
    """Satisfies the audit ports over one connection."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def record(self, what: Event) -> None:
        """Write an entry, in the transaction that it tells of."""
        self._connection.execute(audit_entries.insert().values(at=to_micros(what.at), text=event.text(what)))

    def link(self, *, at: datetime) -> int:
        """Draw the next link over entries that have none; how many there were. Run it by one worker."""
        last = self.last()
        number = last.number + 1 if last else 1
        # in one statement, and by number, not by range: an entry of a slower transaction may lie in between
        beyond = last.last if last and self._writers_take_turns else 0
        waiting = (
            sa.select(audit_entries.c.number)
            .where(UNLINKED, audit_entries.c.number > beyond)
            .order_by(audit_entries.c.number)
            .limit(MOST_AT_ONCE)
            .with_for_update(skip_locked=True)  # over PostgreSQL: what another worker is linking is not waited for
        )
        rows = self._connection.execute(
            audit_entries.update()
            .where(audit_entries.c.number.in_(waiting))
            .values(link=number)
            .returning(audit_entries.c.number, audit_entries.c.text)
        ).all()
        if not rows:
            return 0
        drawn = chain.draw(
            number, last.hash if last else chain.FIRST, [Entry(number=row.number, text=row.text) for row in rows]
        )
        self._connection.execute(
            audit_links.insert().values(
                number=drawn.number,
                at=to_micros(at),
                first=drawn.first,
                last=drawn.last,
                count=drawn.count,
                previous=drawn.previous,
                hash=drawn.hash,
            )
        )
        return len(rows)

    def check(self) -> str | None:
        """The first thing that is wrong with the chain, or None."""
        before: Link | None = None
        covered = 0
        links = sa.select(audit_links).order_by(audit_links.c.number)
        for row in self._connection.execute(links, execution_options={"yield_per": LINKS_AT_ONCE}):
            link = _link(row)
            entries = self._connection.execute(
                sa.select(audit_entries.c.number, audit_entries.c.text).where(
                    audit_entries.c.number.between(link.first, link.last), audit_entries.c.link == link.number
                )
            ).all()
            listed = [Entry(number=entry.number, text=entry.text) for entry in entries]
            if problem := chain.objection(link, before, listed):
                return problem
            before = link
            covered += link.count
        # an entry that says of itself that it lies in a link, and lies beyond its ends
        if self._count(~UNLINKED) != covered:
            return "entry_missing_or_added"
        # one that was put in between later, where nobody will ever link it
        if before and self._writers_take_turns and self._count(UNLINKED, audit_entries.c.number < before.last):
            return "entry_missing_or_added"
        return None

    def last(self) -> Link | None:
        """The newest link: whoever notes its number and hash elsewhere can tell a chain that was drawn anew."""
        row = self._connection.execute(
            sa.select(audit_links).order_by(audit_links.c.number.desc()).limit(1)
        ).one_or_none()
        return _link(row) if row is not None else None

    def has(self, number: int, hashed: str) -> bool:
        """Whether the link of this number has this hash."""
        found = sa.select(audit_links.c.hash).where(audit_links.c.number == number)
        return self._connection.execute(found).scalar() == hashed

    @property
    def _writers_take_turns(self) -> bool:
        """Whether entries are numbered in the order in which they are committed."""
        return self._connection.dialect.name == "sqlite"

    def _count(self, *where: sa.ColumnElement[bool]) -> int:
        return self._connection.execute(
            sa.select(sa.func.count()).select_from(audit_entries).where(*where)
        ).scalar_one()


def _link(row: sa.Row[tuple[object, ...]]) -> Link:
    return Link(
        number=row.number,
        first=row.first,
        last=row.last,
        count=row._mapping["count"],
        previous=row.previous,
        hash=row.hash,
    )
