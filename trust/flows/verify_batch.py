"""Verify batches: take one in, judge its files when their turn comes, hand out the reports, forget them in time.

A batch is written before it is acknowledged; each file is claimed, judged outside any transaction, and replaced by its
report. A worker that is stopped anywhere leaves files that fall due again; a report is written once.
"""

from datetime import datetime, timedelta
from typing import Protocol

from msgspec import field

from trust.documents.batch import Batch, Limits, Progress, Submission, Waiting, objection
from trust.errors import DocumentRefused
from trust.flows.issue_document import Happened
from trust.frozen import Frozen
from trust.ports import Clock
from trust.ports.batches import BatchWork
from trust.ports.documents import NewToken
from trust.validation.report import Report

# For how long a file that is being judged is left alone by other workers
CLAIM = timedelta(minutes=5)
AT_ONCE = 4
TURN = timedelta(seconds=20)  # after which the worker looks after its other tasks
MOST_ATTEMPTS = 3  # a file during whose reading the worker itself ended so often is not read again


class Judge(Protocol):
    """Verifies one file."""

    def __call__(self, data: bytes, *, name: str = "", at: datetime | None = None, policy: str = ...) -> Report:
        """The report; every input has one."""
        ...

    def ended(self, problem: str, *, name: str, policy: str) -> Report:
        """The report on a file that could not be read, and why."""
        ...


class VerifyBatches(Frozen):
    """The batches of agencies."""

    work: BatchWork
    judge: Judge
    clock: Clock
    new_token: NewToken
    limits: Limits = field(default_factory=Limits)

    def submit(self, submission: Submission) -> Progress:
        """The batch, waiting; the same one for the same request again. Raises DocumentRefused."""
        if known := self._known(submission):
            return known
        at = self.clock()
        batch = Batch(
            id=self.new_token(),
            client=submission.client,
            idempotency_key=submission.idempotency_key,
            request_digest=submission.request_digest,
            policy=submission.policy,
            files=len(submission.files),
            received_at=at,
            expires_at=at + self.limits.kept,
        )
        with self.work(write=True) as unit:
            problem = objection(submission, unit.batches.waiting(submission.client), self.limits)
            # two requests with one key may arrive together: the database says which was first
            if is_first := problem is None and unit.batches.add(batch, submission.files):
                unit.audit.record(_event("verification_batch_received", batch, at))
                unit.commit()
        if is_first:
            return Progress(batch=batch, verdicts={})
        if known := self._known(submission):
            return known
        raise DocumentRefused(problem or "idempotency_key_reused")

    def _known(self, submission: Submission) -> Progress | None:
        with self.work(write=False) as unit:
            known = unit.batches.by_idempotency_key(submission.client, submission.idempotency_key)
            if known is None:
                return None
            if known.request_digest != submission.request_digest:
                raise DocumentRefused("idempotency_key_reused")
            return unit.batches.progress(known.id)

    def find(self, client: str, batch_id: str) -> Progress | None:
        """A batch of this client's; nobody is told of others'."""
        with self.work(write=False) as unit:
            found = unit.batches.progress(batch_id)
        return found if found is not None and found.batch.client == client else None

    def reports(self, found: Progress, *, after: int) -> tuple[str, ...]:
        """Reports that are there, in the order of the files, without the first so many."""
        with self.work(write=False) as unit:
            return unit.batches.reports(found.batch.id, after=after)

    def remove(self, found: Progress) -> None:
        """Forget a batch before its time."""
        with self.work(write=True) as unit:
            unit.batches.remove(found.batch.id)
            unit.audit.record(_event("verification_batch_removed", found.batch, self.clock()))
            unit.commit()

    def judge_due(self) -> int:
        """Judge files for one turn; how many there were. Safe to run twice, and beside itself."""
        begun, judged = self.clock(), 0
        while self.clock() < begun + TURN and (claimed := self._claim()):
            for each in claimed:
                self._judge(each)
                judged += 1
        return judged

    def purge(self) -> int:
        """Forget what expired."""
        with self.work(write=True) as unit:
            count = unit.batches.purge(before=self.clock())
            unit.commit()
        return count

    def _claim(self) -> tuple[Waiting, ...]:
        at = self.clock()
        with self.work(write=True) as unit:
            claimed = unit.batches.claim(at=at, until=at + CLAIM, limit=AT_ONCE)
            unit.commit()
        return claimed

    def _judge(self, claimed: Waiting) -> None:
        name, policy = claimed.file.name, claimed.policy
        if claimed.attempts > MOST_ATTEMPTS:
            report = self.judge.ended("reading_crashed", name=name, policy=policy)
        else:
            report = self.judge(claimed.file.content, name=name, policy=policy)
        with self.work(write=True) as unit:
            unit.batches.keep_report(
                claimed, verdict=str(report.verdict.indication), report=report.as_line(), at=self.clock()
            )
            unit.commit()


def _event(kind: str, batch: Batch, at: datetime) -> Happened:
    return Happened(kind=kind, at=at, actor=batch.client, subjects=(batch.id,), client=batch.client)
