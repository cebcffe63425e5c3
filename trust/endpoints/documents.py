"""The documents API: POST /api/v1/documents, GET /api/v1/documents/{id} and …/content."""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime

from trust.documents.record import Record, State
from trust.endpoints import multipart
from trust.endpoints.bodies import RecordState
from trust.endpoints.multipart import Malformed
from trust.endpoints.problems import problem
from trust.endpoints.wire import Authorise, Request, ResolveSubject, Response
from trust.errors import BlobsUnavailable, DocumentRefused, NotAuthorised
from trust.flows.issue_document import Issue, IssueDocument
from trust.flows.read_documents import ReadDocuments
from trust.frozen import Frozen, Hidden
from trust.signing.profile import LANGUAGES

ISSUE = "documents:issue"
_KEY = re.compile(r"[\x21-\x7e]{1,128}")
_KIND = re.compile(r"[a-z0-9][a-z0-9_.:-]{0,63}")


class Metadata(Frozen):
    """What an agency tells of a record."""

    subject: str
    title: Hidden[Mapping[str, str]]
    kind: str
    language: str


class DocumentsApi(Frozen):
    """Handlers; each gives an answer to every request."""

    issue_document: IssueDocument
    read_documents: ReadDocuments
    authorise: Authorise
    resolve: ResolveSubject
    largest: int
    origin: str  # of the gateway's pages

    def issue(self, request: Request) -> Response:
        """POST: 201 for a sealed record, 202 for one that waits, 200 for the same request again."""
        try:
            caller = self.authorise(request, ISSUE)
            key, told, pdf = self._read(request)
            subject = self.resolve(caller.agency, told.subject)
            if subject is None:
                return problem("subject_unknown", request)
            record = self.issue_document(
                Issue(
                    agency=caller.agency,
                    subject=subject,
                    title=told.title,
                    kind=told.kind,
                    language=told.language,
                    idempotency_key=key,
                    pdf=pdf,
                )
            )
        except NotAuthorised as refused:
            return problem(refused.reason, request, challenge=refused.challenge)
        except (DocumentRefused, BlobsUnavailable) as refused:
            return problem(refused.reason, request)
        if record.state is State.REFUSED:
            return problem(record.reason, request)
        status = 201 if record.state is State.SEALED else 202
        return self._shown(record, status, (("Location", f"/api/v1/documents/{record.id}"),))

    def show(self, request: Request) -> Response:
        """GET one record of the caller's."""
        found = self._own(request)
        return found if isinstance(found, Response) else self._shown(found, 200)

    def content(self, request: Request) -> Response:
        """GET the sealed PDF."""
        found = self._own(request)
        if isinstance(found, Response):
            return found
        try:
            pdf = self.read_documents.content(found)
        except BlobsUnavailable as away:
            return problem(away.reason, request)
        if pdf is None:
            return problem("document_not_sealed", request)
        headers = (("Content-Type", "application/pdf"), ("Cache-Control", "private, no-store"))
        return Response(status=200, headers=headers, body=pdf)

    def _own(self, request: Request) -> Record | Response:
        try:
            caller = self.authorise(request, ISSUE)
        except NotAuthorised as refused:
            return problem(refused.reason, request, challenge=refused.challenge)
        record = self.read_documents.of_agency(caller.agency, request.captured.get("id", ""))
        return record if record is not None else problem("document_unknown", request)

    def _read(self, request: Request) -> tuple[str, Metadata, bytes]:
        key = request.headers.get("idempotency-key", "")
        if not _KEY.fullmatch(key):
            raise DocumentRefused("idempotency_key_missing")
        if len(request.body) > self.largest:
            raise DocumentRefused("too_large")
        content_type = request.headers.get("content-type", "")
        if not content_type.lower().startswith("multipart/form-data"):
            raise DocumentRefused("content_type_unsupported")
        try:
            parts = multipart.read(content_type, request.body)
            metadata, file = parts["metadata"], parts["file"]
        except (Malformed, KeyError):
            raise DocumentRefused("multipart_malformed") from None
        return key, read_metadata(metadata.content), file.content

    def _shown(self, record: Record, status: int, headers: tuple[tuple[str, str], ...] = ()) -> Response:
        body: RecordState = {
            "id": record.id,
            "state": record.state.value,
            "kind": record.kind,
            "language": record.language,
            "received_at": _instant(record.received_at),
            "sealed_at": _instant(record.sealed_at),
            "received_sha256": record.received_digest,
            "sealed_sha256": record.sealed_digest,
            "pages": record.pages,
            "verification_url": f"{self.origin}/{record.language}/v/{record.code}",
        }
        if record.reason:
            body["reason"] = record.reason
        whole = (("Content-Type", "application/json"), ("Cache-Control", "no-store"), *headers)
        return Response(status=status, headers=whole, body=json.dumps(body).encode())


def read_metadata(content: bytes) -> Metadata:
    """What is told of one record. Raises DocumentRefused."""
    try:
        told = json.loads(content)
        json.dumps(told, ensure_ascii=False).encode()  # half a surrogate pair can be read and never written
        subject, title, kind = told["subject"], told["title"], told["kind"]
        language = told.get("language")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise DocumentRefused("metadata_malformed") from None
    if language in (None, ""):
        of_title = title if isinstance(title, dict) else {}
        language = next((code for code in LANGUAGES if code in of_title), LANGUAGES[0])
    if isinstance(title, str) and isinstance(language, str):
        title = {language: title}
    holds = (
        isinstance(subject, str)
        and 0 < len(subject) <= 255
        and subject.isprintable()
        and isinstance(kind, str)
        and _KIND.fullmatch(kind) is not None
        and language in LANGUAGES
        and isinstance(title, dict)
        and 0 < len(title) <= 8
        and all(isinstance(k, str) and isinstance(v, str) and len(k) <= 16 for k, v in title.items())
        and all(0 < len(v) <= 300 for v in title.values())
    )
    if not holds:
        raise DocumentRefused("metadata_malformed")
    return Metadata(subject=subject, title=title, kind=kind, language=language)


def _instant(value: datetime | None) -> str | None:
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if value is not None else None
