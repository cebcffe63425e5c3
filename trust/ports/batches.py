"""Where batches are kept: files until they are judged, reports until they expire."""

from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

from trust.documents.batch import Batch, File, Progress, Waiting
from trust.ports.documents import AuditTrail


class Batches(Protocol):
    """The batches of all clients."""

    def add(self, batch: Batch, files: tuple[File, ...]) -> bool:
        """Keep a new batch with its files, each due at once; False if its key was taken meanwhile."""
        ...

    def progress(self, batch_id: str) -> Progress | None:
        """How far a batch is."""
        ...

    def by_idempotency_key(self, client: str, key: str) -> Batch | None:
        """The batch that this client handed over under this key."""
        ...

    def waiting(self, client: str) -> int:
        """How many files of a client have no report yet."""
        ...

    def claim(self, *, at: datetime, until: datetime, limit: int) -> tuple[Waiting, ...]:
        """Files that are due, left alone by others until then."""
        ...

    def keep_report(self, claimed: Waiting, *, verdict: str, report: str, at: datetime) -> None:
        """Keep a report in place of its file; nothing where there is one already, or the batch is gone."""
        ...

    def reports(self, batch_id: str, *, after: int) -> tuple[str, ...]:
        """Reports in the order of the files, from the one after a number up to the first file that has none."""
        ...

    def remove(self, batch_id: str) -> None:
        """Forget a batch, its files and its reports."""
        ...

    def purge(self, *, before: datetime) -> int:
        """Forget batches that expired; how many there were."""
        ...


class BatchUnit(Protocol):
    """One open transaction."""

    @property
    def batches(self) -> Batches:
        """The batches."""
        ...

    @property
    def audit(self) -> AuditTrail:
        """The trail."""
        ...

    def commit(self) -> None:
        """Keep what was done; leaving without it undoes everything."""
        ...


class BatchWork(Protocol):
    """Opens transactions; never held across anything slow."""

    def __call__(self, *, write: bool) -> AbstractContextManager[BatchUnit]:
        """A transaction."""
        ...
