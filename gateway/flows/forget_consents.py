"""Forget consent records once the time is over for which the law has them kept. Looks at all of them: do it seldom."""

from datetime import timedelta

from gateway.frozen import Frozen
from gateway.ports.clock import Clock
from gateway.ports.residents import AuditEvent
from gateway.ports.work import OpenWork

PORTION = 500


class ForgetConsents(Frozen):
    open_work: OpenWork
    clock: Clock
    memory: timedelta  # after the last thing that happened to a record that stands no more

    def __call__(self) -> int:
        """Portions of their own transaction, until nothing is due; how many records went."""
        at, gone = self.clock(), 0
        while True:
            with self.open_work(write=True) as work:
                records = work.consents.forget(ended_before=at - self.memory, limit=PORTION)
                for record in records:
                    work.audit.record(AuditEvent(kind="consent.forgotten", at=at, actor="gateway", subjects=(record,)))
                work.commit()
            gone += len(records)
            if len(records) < PORTION:
                return gone
