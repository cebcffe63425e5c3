"""Batches of records: POST /api/v1/documents/batches, GET /api/v1/documents/batches/{key}.

The request is multipart/form-data: a part `metadata`, whose `items` tell of each file what a single record's metadata
would, then a part `file` for each item in the same order. The answer and every later look tell the state of each.
"""

import json
import re
from collections.abc import Mapping

from trust.documents.record import Record, State
from trust.endpoints import multipart
from trust.endpoints.bodies import RecordBatchState, RecordLine
from trust.endpoints.documents import ISSUE, DocumentsApi, Metadata, read_metadata
from trust.endpoints.multipart import Malformed, TooMany
from trust.endpoints.problems import problem
from trust.endpoints.wire import Request, Response
from trust.errors import BlobsUnavailable, DocumentRefused, NotAuthorised
from trust.flows.issue_batch import LONGEST_KEY, IssueBatch
from trust.flows.issue_document import Issue
from trust.frozen import Frozen

PATH = "/api/v1/documents/batches"
LARGEST_METADATA = 1_000_000
_KEY = re.compile(rf"[A-Za-z0-9._~-]{{1,{LONGEST_KEY}}}")


class DocumentBatchesApi(Frozen):
    """Handlers; each gives an answer to every request."""

    issue_batch: IssueBatch
    single: DocumentsApi
    most: int

    def submit(self, request: Request) -> Response:
        """POST: 202 with the state of each; the same again for the same Idempotency-Key."""
        try:
            caller = self.single.authorise(request, ISSUE)
            key = request.headers.get("idempotency-key", "")
            if not _KEY.fullmatch(key):
                return problem("idempotency_key_missing", request)
            told, files = self._read(request)
            issues = []
            for one, pdf in zip(told, files, strict=True):
                subject = self.single.resolve(caller.agency, one.subject)
                if subject is None:
                    return problem("subject_unknown", request)
                issues.append(
                    Issue(
                        agency=caller.agency,
                        subject=subject,
                        title=one.title,
                        kind=one.kind,
                        language=one.language,
                        idempotency_key=key,
                        pdf=pdf,
                    )
                )
            records = self.issue_batch(caller.agency, key, tuple(issues))
        except NotAuthorised as refused:
            return problem(refused.reason, request, challenge=refused.challenge)
        except (DocumentRefused, BlobsUnavailable) as refused:
            return problem(refused.reason, request)
        return _shown(key, records, 202, (("Location", f"{PATH}/{key}"),))

    def show(self, request: Request) -> Response:
        """GET: how each of them stands."""
        try:
            caller = self.single.authorise(request, ISSUE)
        except NotAuthorised as refused:
            return problem(refused.reason, request, challenge=refused.challenge)
        key = request.captured.get("key", "")
        records = self.issue_batch.of(caller.agency, key) if _KEY.fullmatch(key) else ()
        return _shown(key, records, 200) if records else problem("batch_unknown", request)

    def _read(self, request: Request) -> tuple[list[Metadata], list[bytes]]:
        if len(request.body) > self.single.largest:
            raise DocumentRefused("too_large")
        content_type = request.headers.get("content-type", "")
        if not content_type.lower().startswith("multipart/form-data"):
            raise DocumentRefused("content_type_unsupported")
        try:
            metadata, files = multipart.with_files(content_type, request.body, most=self.most)
        except TooMany:
            raise DocumentRefused("batch_too_many_files") from None
        except Malformed:
            raise DocumentRefused("multipart_malformed") from None
        items = _items(metadata.content)
        if len(items) != len(files):
            raise DocumentRefused("metadata_malformed")
        if not items:
            raise DocumentRefused("batch_empty")
        return [read_metadata(json.dumps(item).encode()) for item in items], [part.content for part in files]


def _items(content: bytes) -> list[Mapping[str, object]]:
    try:
        told = json.loads(content) if len(content) <= LARGEST_METADATA else None
    except (ValueError, RecursionError):
        told = None
    items = told.get("items") if isinstance(told, dict) else None
    if not isinstance(items, list):
        raise DocumentRefused("metadata_malformed")
    return items


def _shown(key: str, records: tuple[Record, ...], status: int, headers: tuple[tuple[str, str], ...] = ()) -> Response:
    counted = {state.value: sum(record.state is state for record in records) for state in State}
    body: RecordBatchState = {
        "batch": key,
        "done": counted[State.RECEIVED.value] == 0,
        "states": counted,
        "items": [_line(record) for record in records],
    }
    whole = (("Content-Type", "application/json"), ("Cache-Control", "no-store"), *headers)
    return Response(status=status, headers=whole, body=json.dumps(body).encode())


def _line(record: Record) -> RecordLine:
    line: RecordLine = {"id": record.id, "state": record.state.value, "sealed_sha256": record.sealed_digest}
    if record.reason:
        line["reason"] = record.reason
    return line
