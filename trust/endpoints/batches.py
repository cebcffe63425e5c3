"""The batch API: POST /api/v1/verifications/batches, then its state, its results as they come, and its end."""

import json
import re
from datetime import UTC, datetime
from urllib.parse import parse_qs

from trust.documents.batch import File, Progress, Submission
from trust.endpoints import multipart
from trust.endpoints.bodies import BatchState
from trust.endpoints.multipart import Malformed
from trust.endpoints.problems import problem
from trust.endpoints.verifications import policy_asked
from trust.endpoints.wire import Authorise, Request, Response
from trust.errors import DocumentRefused, NotAuthorised
from trust.flows.verify_batch import VerifyBatches
from trust.frozen import Frozen

VERIFY = "documents:verify"
PATH = "/api/v1/verifications/batches"
LONGEST_NAME = 200
_KEY = re.compile(r"[\x21-\x7e]{1,128}")
_NUMBER = re.compile(r"[0-9]{1,6}")


class BatchesApi(Frozen):
    """Handlers; each gives an answer to every request."""

    batches: VerifyBatches
    authorise: Authorise
    largest: int  # bytes of one request

    def submit(self, request: Request) -> Response:
        """POST: 202 with the batch; the same batch for the same request again."""
        try:
            caller = self.authorise(request, VERIFY)
            found = self.batches.submit(self._submission(caller.agency, request))
        except NotAuthorised as refused:
            return problem(refused.reason, request, challenge=refused.challenge)
        except DocumentRefused as refused:
            return problem(refused.reason, request)
        return _shown(found, 202, (("Location", f"{PATH}/{found.batch.id}"),))

    def show(self, request: Request) -> Response:
        """GET: how far it is."""
        found = self._own(request)
        return found if isinstance(found, Response) else _shown(found, 200)

    def results(self, request: Request) -> Response:
        """GET: reports as JSON lines, in the order of the files; `after` says how many the client has already."""
        found = self._own(request)
        if isinstance(found, Response):
            return found
        after = parse_qs(request.query).get("after", ["0"])[-1]
        if not _NUMBER.fullmatch(after):
            return problem("malformed_request", request)
        lines = "".join(line + "\n" for line in self.batches.reports(found, after=int(after)))
        headers = (("Content-Type", "application/jsonl"), ("Cache-Control", "private, no-store"))
        return Response(status=200, headers=headers, body=lines.encode())

    def remove(self, request: Request) -> Response:
        """DELETE: nothing of it is kept any longer."""
        found = self._own(request)
        if isinstance(found, Response):
            return found
        self.batches.remove(found)
        return Response(status=204)

    def _own(self, request: Request) -> Progress | Response:
        try:
            caller = self.authorise(request, VERIFY)
        except NotAuthorised as refused:
            return problem(refused.reason, request, challenge=refused.challenge)
        found = self.batches.find(caller.agency, request.captured.get("id", ""))
        return found if found is not None else problem("batch_unknown", request)

    def _submission(self, client: str, request: Request) -> Submission:
        key = request.headers.get("idempotency-key", "")
        if not _KEY.fullmatch(key):
            raise DocumentRefused("idempotency_key_missing")
        if len(request.body) > self.largest:
            raise DocumentRefused("too_large")
        content_type = request.headers.get("content-type", "")
        if not content_type.lower().startswith("multipart/form-data"):
            raise DocumentRefused("content_type_unsupported")
        try:
            parts = multipart.files(content_type, request.body, most=self.batches.limits.files)
        except Malformed:
            raise DocumentRefused("multipart_malformed") from None
        except multipart.TooMany:
            raise DocumentRefused("batch_too_many_files") from None
        return Submission(
            client=client,
            idempotency_key=key,
            policy=policy_asked(request.query),
            files=tuple(
                File(name=_name(called, number), content=part.content)
                for number, (called, part) in enumerate(parts, start=1)
            ),
        )


def _name(told: str, number: int) -> str:
    """The last part of what the file was called, printable and short."""
    last = told.replace("\\", "/").rpartition("/")[2]
    return "".join(letter for letter in last if letter.isprintable())[:LONGEST_NAME] or f"{number}.pdf"


def _shown(found: Progress, status: int, headers: tuple[tuple[str, str], ...] = ()) -> Response:
    batch = found.batch
    body: BatchState = {
        "id": batch.id,
        "state": found.state,
        "policy": batch.policy,
        "files": batch.files,
        "judged": found.judged,
        "verdicts": dict(found.verdicts),
        "received_at": _instant(batch.received_at),
        "expires_at": _instant(batch.expires_at),
        "results": f"{PATH}/{batch.id}/results",
    }
    whole = (("Content-Type", "application/json"), ("Cache-Control", "no-store"), *headers)
    return Response(status=status, headers=whole, body=json.dumps(body).encode())


def _instant(value: datetime) -> str:
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
