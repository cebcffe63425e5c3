"""A batch of files that an agency wants verified: what was handed over, and how far it is."""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Literal

from trust.documents.document import digest
from trust.frozen import Frozen, Hidden

BatchProgress = Literal["waiting", "running", "finished"]


class Limits(Frozen):
    """How much one client may ask for, and for how long the reports are kept."""

    files: int = 100  # in one batch
    waiting: int = 1000  # of one client, over all its batches
    kept: timedelta = timedelta(days=7)


class File(Frozen):
    """One file of a batch."""

    name: Hidden[str]
    content: Hidden[bytes]


class Submission(Frozen):
    """What a client hands over."""

    client: str
    idempotency_key: str
    policy: str
    files: tuple[File, ...]

    @property
    def request_digest(self) -> str:
        """The same for the same request, so that a key used for two different ones is noticed."""
        told = [self.policy, [[each.name, digest(each.content)] for each in self.files]]
        return "sha256:" + hashlib.sha256(json.dumps(told, ensure_ascii=False).encode()).hexdigest()


class Batch(Frozen):
    """A batch as it is kept; its files and reports lie beside it."""

    id: str
    client: str
    idempotency_key: str
    request_digest: str
    policy: str
    files: int
    received_at: datetime
    expires_at: datetime


class Progress(Frozen):
    """How far a batch is: how many files came out how."""

    batch: Batch
    verdicts: Mapping[str, int]

    @property
    def judged(self) -> int:
        """How many files have their report."""
        return sum(self.verdicts.values())

    @property
    def state(self) -> BatchProgress:
        """waiting, running or finished."""
        if self.judged == self.batch.files:
            return "finished"
        return "running" if self.judged else "waiting"


class Waiting(Frozen):
    """A file whose turn it is."""

    batch: str
    number: int  # from 1
    policy: str
    attempts: int  # this one included
    file: File


def objection(submission: Submission, waiting: int, limits: Limits) -> str | None:
    """What keeps a batch from being taken, or None. `waiting` is how many files the client has waiting already."""
    if not submission.files:
        return "batch_empty"
    if len(submission.files) > limits.files:
        return "batch_too_many_files"
    if waiting + len(submission.files) > limits.waiting:
        return "too_many_files_waiting"
    return None
