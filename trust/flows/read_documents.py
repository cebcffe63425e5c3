"""Read records: an agency its own, a person theirs, anybody what a verification code stands for."""

from trust.documents.record import Record, State
from trust.frozen import Frozen
from trust.ports.documents import Blobs, Work

MOST_LISTED = 500


class ReadDocuments(Frozen):
    """Nobody is told that a record exists which is not theirs."""

    work: Work
    blobs: Blobs

    def of_agency(self, agency: str, record_id: str) -> Record | None:
        """A record that this agency issued."""
        record = self._find(record_id)
        return record if record is not None and record.agency == agency else None

    def of_subject(self, subject: str) -> tuple[Record, ...]:
        """A person's sealed records, newest first."""
        with self.work(write=False) as unit:
            return unit.records.of(subject, limit=MOST_LISTED)

    def one_of_subject(self, subject: str, record_id: str) -> Record | None:
        """One sealed record of a person."""
        record = self._find(record_id)
        theirs = record is not None and record.subject == subject and record.state is State.SEALED
        return record if theirs else None

    def by_code(self, code: str) -> Record | None:
        """The sealed record that a code on paper stands for."""
        with self.work(write=False) as unit:
            return unit.records.by_code(code)

    def content(self, record: Record) -> bytes | None:
        """The sealed PDF."""
        return self.blobs.get(record.sealed_digest) if record.sealed_digest is not None else None

    def _find(self, record_id: str) -> Record | None:
        with self.work(write=False) as unit:
            return unit.records.find(record_id)
