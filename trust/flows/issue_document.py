"""Issue a record: take it in, seal it, hand it to its person; what cannot be sealed now is sealed later.

1. The PDF is kept and the record written as received, in one transaction: from here nothing is lost.
2. It is sealed outside any transaction.
3. The sealed PDF is kept and the record written as sealed. If an authority or the key could not be reached, the record
   stays received and falls due again; `seal_due` is what the worker calls.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from msgspec.structs import replace

from trust.documents.document import digest
from trust.documents.record import Record, State, wait_after
from trust.errors import BlobsUnavailable, DocumentRefused, EvidenceUnavailable, KeyUnavailable, StampUnavailable
from trust.flows.seal_pdf import SealedPdf
from trust.frozen import Frozen, Hidden
from trust.ports import Clock
from trust.ports.documents import Blobs, NewToken, Work
from trust.signing.profile import SealProfile

# For how long a record that is being sealed is left alone by other workers
CLAIM = timedelta(minutes=2)
MOST_AT_ONCE = 20
TURN = timedelta(seconds=20)  # after which the worker looks after its other tasks: an authority that hangs takes long


class Issue(Frozen):
    """What an agency hands over."""

    agency: str
    subject: str  # the account that the agency's subject identifier stands for
    title: Hidden[Mapping[str, str]]
    kind: str
    language: str
    idempotency_key: str
    pdf: Hidden[bytes]

    @property
    def request_digest(self) -> str:
        """The same for the same request, so that a key used for two different ones is noticed."""
        told = [self.subject, dict(self.title), self.kind, self.language, digest(self.pdf)]
        text = json.dumps(told, ensure_ascii=False, sort_keys=True)
        return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


class Happened(Frozen):
    """An audit event of this flow."""

    kind: str
    at: datetime
    actor: str
    subjects: tuple[str, ...]
    client: str | None = None
    region: str | None = None
    outcome: str = "done"
    reason: str | None = None


class IssueDocument(Frozen):
    """Issues records with one seal."""

    work: Work
    blobs: Blobs
    seal: Callable[[bytes, SealProfile], SealedPdf]
    admit: Callable[[bytes], int]  # pages of an admissible PDF; raises DocumentRefused
    profile: Callable[[Record], SealProfile]  # what the seal on this record says
    clock: Clock
    new_token: NewToken

    def __call__(self, issue: Issue) -> Record:
        """The record, sealed if all went well. Raises DocumentRefused, also for a key used twice; BlobsUnavailable."""
        if known := self._known(issue):
            return known
        pages = self.admit(issue.pdf)
        received = self.blobs.put(issue.pdf)
        at = self.clock()
        record = Record(
            id=self.new_token(),
            agency=issue.agency,
            subject=issue.subject,
            title=issue.title,
            kind=issue.kind,
            language=issue.language,
            state=State.RECEIVED,
            code=self.new_token(),
            idempotency_key=issue.idempotency_key,
            request_digest=issue.request_digest,
            received_digest=received,
            received_at=at,
            pages=pages,
            due_at=at + CLAIM,
        )
        with self.work(write=True) as unit:
            # two requests with one key may arrive together: the database says which was first
            if is_first := unit.records.add(record):
                unit.audit.record(_event("document_received", record, at))
                unit.commit()
        if not is_first and (known := self._known(issue)):
            return known
        return self._seal(record)

    def seal_due(self) -> int:
        """Seal what has fallen due; how many records were tried. Safe to run twice, and beside itself."""
        begun, tried = self.clock(), 0
        # one by one: a record whose sealing fails in a way that nobody foresaw keeps no other from being sealed
        while tried < MOST_AT_ONCE and self.clock() < begun + TURN and (record := self._claim()) is not None:
            self._seal(record)
            tried += 1
        return tried

    def _claim(self) -> Record | None:
        """What has been due for longest, left alone by other workers for a while."""
        at = self.clock()
        with self.work(write=True) as unit:
            due = unit.records.due(at=at, limit=1)
            for record in due:
                # what then fails in a way that nobody foresaw comes again after its pause, too
                again = at + max(CLAIM, wait_after(record.attempts))
                unit.records.save(replace(record, attempts=record.attempts + 1, due_at=again))
            unit.commit()
        return due[0] if due else None

    def _known(self, issue: Issue) -> Record | None:
        with self.work(write=False) as unit:
            known = unit.records.by_idempotency_key(issue.agency, issue.idempotency_key)
        return self._same(known, issue) if known is not None else None

    def _same(self, known: Record, issue: Issue) -> Record:
        if known.request_digest != issue.request_digest:
            raise DocumentRefused("idempotency_key_reused")
        return known

    def _seal(self, record: Record) -> Record:
        try:
            sealed = self.seal(self.blobs.get(record.received_digest), self.profile(record))
            kept = self.blobs.put(sealed.content)
        except (StampUnavailable, EvidenceUnavailable, KeyUnavailable, BlobsUnavailable) as unavailable:
            at = self.clock()
            later = replace(
                record,
                attempts=record.attempts + 1,
                due_at=at + wait_after(record.attempts),
                reason=unavailable.reason,
            )
            return self._keep(later, "document_waits", at)
        except DocumentRefused as refused:
            gone = replace(record, state=State.REFUSED, reason=refused.reason, due_at=None)
            return self._keep(gone, "document_refused", self.clock())
        done = replace(
            record,
            state=State.SEALED,
            reason="",
            sealed_digest=kept,
            sealed_at=sealed.sealed_at,
            due_at=None,
        )
        return self._keep(done, "document_sealed", sealed.sealed_at)

    def _keep(self, record: Record, kind: str, at: datetime) -> Record:
        with self.work(write=True) as unit:
            if not unit.records.save(record):
                return unit.records.find(record.id) or record  # another worker was first; its seal stands
            unit.audit.record(_event(kind, record, at))
            unit.commit()
        return record


def _event(kind: str, record: Record, at: datetime) -> Happened:
    return Happened(
        kind=kind,
        at=at,
        actor=record.agency,
        subjects=(record.id,),
        client=record.agency,
        reason=record.reason or None,
    )
