"""Close a person's account for good, at their own word: all of it in one transaction, and agencies are told.

Links are undone, consents withdrawn, sessions and agencies' tokens ended, and who the person was at the regions, and in
which browsers they were signed in, is forgotten, so that nobody who comes back can be tied to it. What the law has kept
stays as it is: the consent records with their history, and the log of what was done, under a pseudonym that names
nobody any more (PIPL Art. 47, 55, 56).
Records that agencies issued are theirs and stay with them.
"""

from gateway.errors import NotFound
from gateway.flows.close_review import close_review
from gateway.flows.end_account_sessions import end_account_sessions
from gateway.flows.my_links import undo_binding
from gateway.flows.queue_event import queue_event
from gateway.flows.record_consent import add_event
from gateway.frozen import Frozen
from gateway.identity.consent import STANDING, State
from gateway.oidc.delivery import Kind
from gateway.ports.clock import Clock
from gateway.ports.residents import AuditEvent
from gateway.ports.work import OpenWork


class CloseAccount(Frozen):
    open_work: OpenWork
    clock: Clock

    def __call__(self, account: str) -> None:
        """Twice is once. Raises NotFound."""
        at = self.clock()
        with self.open_work(write=True) as work:
            if work.accounts.find(account) is None:
                raise NotFound("account_unknown")
            if not work.accounts.close(account, at=at):
                return
            # before it is forgotten who knows the person
            queue_event(work, Kind.ACCOUNT_CLOSED, account, account, at=at)
            end_account_sessions(work, account, at=at, why="account_closed")
            for bound in work.bindings.active_of(account):
                undo_binding(work, bound, at=at, tell=False)
            for record in work.consents.of_account(account):
                if record.state in STANDING:
                    add_event(work, record.id, State.WITHDRAWN, at=at, by="person", facts={"effect": "account_closed"})
            work.grants.revoke_of(at=at, account=account)
            for bound in work.bindings.of_account(account):
                waiting = work.reviews.of(bound.home_identity)
                if waiting is not None:
                    close_review(work, waiting, at=at, why="account_closed")
            work.bindings.forget_identities(account)
            work.sessions.forget_browsers(account)
            work.earlier_subjects.forget_person(account)
            work.known_subjects.forget(account)
            work.audit.record(AuditEvent(kind="account.closed", at=at, actor=account, subjects=(account,)))
            work.commit()
