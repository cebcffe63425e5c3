"""The verification API for anybody: POST /api/v1/verifications and …/digest, and the published form of reports."""

import base64
import binascii
import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Protocol
from urllib.parse import parse_qs

from trust.documents import digests
from trust.endpoints.accepting import chosen
from trust.endpoints.problems import problem
from trust.endpoints.wire import Request, Response
from trust.errors import DocumentRefused, ReadersBusy
from trust.frozen import Frozen
from trust.validation import report_schema, report_xml
from trust.validation.policy import POLICIES
from trust.validation.report import Report

TAKEN = ("application/pdf", "application/octet-stream")
LARGEST_SIGNATURE = 4 * 1024 * 1024  # bytes of a message; as text a third more
FORMS: Mapping[str, Callable[[Report], bytes]] = {
    "application/json": lambda report: report.as_line().encode(),
    "application/xml": report_xml.render,
}


class Verify(Protocol):
    """Judges one document, or one signature by digests (`trust.flows.verify_document`, `…verify_digest`)."""

    def __call__(self, data: bytes, *, name: str = "", at: datetime | None = None, policy: str = "ordinary") -> Report:
        """The report on a document."""
        ...

    def by_digests(self, message: bytes, supplied: Mapping[str, bytes], *, policy: str = "ordinary") -> Report:
        """The report on a signature that came without its document."""
        ...


class VerificationsApi(Frozen):
    """Verifies for anybody: a report rests on the file and the trust lists alone, and no document is kept."""

    verify: Verify
    largest: int
    origin: str = ""  # this gateway's own address, for the schema's identity

    def post(self, request: Request) -> Response:
        """200 with a report, whatever the verdict."""
        if _media_type(request) not in TAKEN:
            return problem("content_type_unsupported", request)
        if len(request.body) > self.largest:
            return problem("too_large", request)
        return self._answer(request, lambda policy: self.verify(request.body, policy=policy))

    def digest(self, request: Request) -> Response:
        """The same for a detached signature and the digests of its document, as JSON."""
        if _media_type(request) != "application/json":
            return problem("content_type_unsupported", request)
        try:
            message, supplied = _signature(request.body)
        except DocumentRefused as refused:
            return problem(refused.reason, request)
        return self._answer(request, lambda policy: self.verify.by_digests(message, supplied, policy=policy))

    def schema(self, _: Request) -> Response:
        """GET: the JSON Schema of reports."""
        body = json.dumps(report_schema.schema(self.origin), ensure_ascii=False, indent=2).encode()
        headers = (("Content-Type", "application/schema+json"), ("Cache-Control", "public, max-age=3600"))
        return Response(status=200, headers=headers, body=body)

    def _answer(self, request: Request, judged: Callable[[str], Report]) -> Response:
        form = chosen(request.headers.get("accept", ""), tuple(FORMS))
        if form is None:
            return problem("not_acceptable", request)
        try:
            policy = policy_asked(request.query)
        except DocumentRefused as refused:
            return problem(refused.reason, request)
        try:
            body = FORMS[form](judged(policy))
        except ReadersBusy as busy:
            return problem(busy.reason, request)
        return Response(
            status=200,
            headers=(("Content-Type", form), ("Cache-Control", "no-store"), ("Vary", "Accept")),
            body=body,
        )


def policy_asked(query: str) -> str:
    """The policy that a query names. Raises DocumentRefused."""
    try:
        asked = parse_qs(query, max_num_fields=8).get("policy", ["ordinary"])
    except ValueError:
        raise DocumentRefused("policy_unknown") from None
    if len(asked) != 1 or asked[0] not in POLICIES:
        raise DocumentRefused("policy_unknown")
    return asked[0]


def _media_type(request: Request) -> str:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def _signature(body: bytes) -> tuple[bytes, Mapping[str, bytes]]:
    try:
        told = json.loads(body)
        text, supplied = told["signature"], told["digests"]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise DocumentRefused("signature_malformed") from None
    if not isinstance(text, str) or len(text) > LARGEST_SIGNATURE * 4 // 3 + 4:
        raise DocumentRefused("signature_malformed")
    try:
        message = base64.b64decode(text, validate=True)
    except (ValueError, binascii.Error):
        raise DocumentRefused("signature_malformed") from None
    return message, digests.read(supplied)
