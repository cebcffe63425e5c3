"""After a database was restored: nothing that somebody may have ended since is in force because nobody remembers it."""

from datetime import UTC, datetime

from gateway.flows.record_consent import follow
from gateway.frozen import Frozen
from gateway.identity.consent import State
from gateway.ports.clock import Clock
from gateway.ports.residents import AuditEvent
from gateway.ports.work import OpenWork

PORTION = 200
EVER = datetime(9999, 1, 1, tzinfo=UTC)


class BegunAnew(Frozen):
    """How much ended."""

    sessions: int
    grants: int
    consents: int


class BeginAnew(Frozen):
    """Ends every session, every token and every consent that an agency or a check rests on.

    Links stay: what was undone since has to be undone once more. Agencies are not told that somebody withdrew, because
    nobody did.
    """

    open_work: OpenWork
    clock: Clock

    def __call__(self, *, operator: str) -> BegunAnew:
        """How much ended. Tokens first, at once; consents in portions, each kept by itself: twice is once."""
        at = self.clock()
        with self.open_work(write=True) as work:
            sessions = work.sessions.end_all(at=at, why="database_restored")
            grants = work.grants.revoke_all(at=at)
            work.audit.record(AuditEvent(kind="database.restored", at=at, actor=operator, subjects=()))
            work.commit()
        consents = 0
        while ended := self._end_consents(at):
            consents += ended
        return BegunAnew(sessions=sessions, grants=grants, consents=consents)

    def _end_consents(self, at: datetime) -> int:
        with self.open_work(write=True) as work:
            standing = work.consents.lapsed(at=EVER, limit=PORTION)
            for record in standing:
                follow(work, record, State.INVALIDATED, at=at, by="operator", facts={"reason": "database_restored"})
            work.commit()
        return len(standing)
