"""The verification API: POST /api/v1/verifications, a PDF in, its report out."""

from dataclasses import dataclass
from typing import Protocol

from trust.endpoints.problems import problem
from trust.endpoints.wire import Request, Response
from trust.validation.report import Report

TAKEN = ("application/pdf", "application/octet-stream")


class Verify(Protocol):
    """Judges one document (`trust.flows.verify_document.VerifyDocument`)."""

    def __call__(self, data: bytes) -> Report: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class VerificationsApi:
    """Verifies for anybody: a report rests on the file and the trust lists alone, and nothing is kept."""

    verify: Verify
    largest: int

    def post(self, request: Request) -> Response:
        """200 with a report, whatever the verdict."""
        if request.headers.get("content-type", "").partition(";")[0].strip().lower() not in TAKEN:
            return problem("content_type_unsupported", request)
        if len(request.body) > self.largest:
            return problem("too_large", request)
        report = self.verify(request.body)
        headers = (("Content-Type", "application/json"), ("Cache-Control", "no-store"))
        return Response(status=200, headers=headers, body=report.as_line().encode())
