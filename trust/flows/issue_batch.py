"""Issue many records with one request: each is kept at once and sealed in its turn, and each has a state of its own.

1. Every file is admitted or refused by itself; what is refused stops nobody.
2. All are kept in one transaction, due at once: the worker seals them, with one key session.
3. The same request again changes nothing; after a request that was cut off it keeps what is missing.
"""

from collections.abc import Callable

from trust.documents.document import digest
from trust.documents.record import Record, State
from trust.errors import DocumentRefused
from trust.flows.issue_document import Happened, Issue
from trust.frozen import Frozen
from trust.ports import Clock
from trust.ports.documents import Blobs, NewToken, Work

LONGEST_KEY = 100  # characters: the number of the file follows


class IssueBatch(Frozen):
    """Takes batches in; `IssueDocument.seal_due` seals what they hold."""

    work: Work
    blobs: Blobs
    admit: Callable[[bytes], int]
    clock: Clock
    new_token: NewToken

    def __call__(self, agency: str, key: str, issues: tuple[Issue, ...]) -> tuple[Record, ...]:
        """The records in the order of the request. Raises DocumentRefused for a key that was used for another."""
        known = {record.idempotency_key: record for record in self.of(agency, key)}
        records = [self._record(issue, f"{_prefix(key)}{number:05d}", known) for number, issue in enumerate(issues, 1)]
        if len(known) > len(records):
            raise DocumentRefused("idempotency_key_reused")
        with self.work(write=True) as unit:
            for record in records:
                # two requests with one key may arrive together: the database says which was first
                if record.idempotency_key not in known and unit.records.add(record):
                    unit.audit.record(_event(record))
            kept = unit.records.with_prefix(agency, _prefix(key))
            if [one.request_digest for one in kept] != [one.request_digest for one in records]:
                raise DocumentRefused("idempotency_key_reused")
            unit.commit()
        return kept

    def of(self, agency: str, key: str) -> tuple[Record, ...]:
        """What became of a batch, in its order; empty where there is none."""
        with self.work(write=False) as unit:
            return unit.records.with_prefix(agency, _prefix(key))

    def _record(self, issue: Issue, key: str, known: dict[str, Record]) -> Record:
        if key in known:
            if known[key].request_digest != issue.request_digest:
                raise DocumentRefused("idempotency_key_reused")
            return known[key]
        at, pages, reason = self.clock(), None, ""
        try:
            pages = self.admit(issue.pdf)
        except DocumentRefused as refused:
            reason = refused.reason
        return Record(
            id=self.new_token(),
            agency=issue.agency,
            subject=issue.subject,
            title=issue.title,
            kind=issue.kind,
            language=issue.language,
            state=State.REFUSED if reason else State.RECEIVED,
            code=self.new_token(),
            idempotency_key=key,
            request_digest=issue.request_digest,
            received_digest=digest(issue.pdf) if reason else self.blobs.put(issue.pdf),
            received_at=at,
            reason=reason,
            pages=pages,
            due_at=None if reason else at,
        )


def _prefix(key: str) -> str:
    return f"{key}\x1f"  # no key of a caller holds it


def _event(record: Record) -> Happened:
    return Happened(
        kind="document_refused" if record.reason else "document_received",
        at=record.received_at,
        actor=record.agency,
        subjects=(record.id,),
        client=record.agency,
        reason=record.reason or None,
    )
