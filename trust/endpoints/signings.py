"""Documents that a person is to sign with a key of their own.

POST /api/v1/signings, GET /api/v1/signings/{id}, GET …/content, POST …/begin. The person signs on the gateway's page,
whose address is in every answer; an agency that has a page of its own for that begins by itself.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Protocol

from trust.documents.signing import Means, Signing, SigningState, stands
from trust.endpoints import multipart
from trust.endpoints.bodies import SigningBegun, SigningShown
from trust.endpoints.multipart import Malformed
from trust.endpoints.problems import problem
from trust.endpoints.wire import Authorise, Request, ResolveSubject, Response
from trust.errors import BlobsUnavailable, DocumentRefused, NotAuthorised, SigningFailed
from trust.flows.ask_for_signature import AskedFor, AskForSignature
from trust.flows.sign_with_person import SignWithPerson
from trust.frozen import Frozen, Hidden
from trust.signing.profile import LANGUAGES

PATH = "/api/v1/signings"
SCOPE = "documents:issue"
LONGEST_KEY = 128
LARGEST_QUESTION = 16_384
JSON = (("Content-Type", "application/json"), ("Cache-Control", "no-store"))


class Agencies(Protocol):
    """What is known of the agencies that ask."""

    def name(self, agency: str, language: str) -> str:
        """How it is called."""
        ...

    def may_return_to(self, agency: str, url: str) -> bool:
        """Whether its registration names this address."""
        ...


class SigningsApi(Frozen):
    """Handlers; each gives an answer to every request."""

    ask_for: AskForSignature
    sign: SignWithPerson
    authorise: Authorise
    resolve: ResolveSubject
    agencies: Agencies
    largest: int
    origin: str  # of the gateway's pages

    def ask(self, request: Request) -> Response:
        """POST: 201 with the signing; the same again for the same Idempotency-Key."""
        try:
            caller = self.authorise(request, SCOPE)
            key, told, pdf = self._read(request)
            subject = self.resolve(caller.agency, told.subject)
            if subject is None:
                return problem("subject_unknown", request)
            if told.back and not self.agencies.may_return_to(caller.agency, told.back):
                return problem("return_uri_unregistered", request)
            signing = self.ask_for(
                AskedFor(
                    agency=caller.agency,
                    subject=subject,
                    title=told.title,
                    language=told.language,
                    idempotency_key=key,
                    means=told.means,
                    back=told.back,
                    pdf=pdf,
                ),
                agency_name=self.agencies.name(caller.agency, told.language),
            )
        except NotAuthorised as refused:
            return problem(refused.reason, request, challenge=refused.challenge)
        except (DocumentRefused, BlobsUnavailable) as refused:
            return problem(refused.reason, request)
        return self._shown(signing, 201, (("Location", f"{PATH}/{signing.id}"),))

    def show(self, request: Request) -> Response:
        """GET one signing of the caller's."""
        found = self._own(request)
        return found if isinstance(found, Response) else self._shown(found, 200)

    def content(self, request: Request) -> Response:
        """GET the signed PDF."""
        found = self._own(request)
        if isinstance(found, Response):
            return found
        try:
            pdf = self.sign.content(found) if found.state is SigningState.SIGNED else None
        except BlobsUnavailable as away:
            return problem(away.reason, request)
        if pdf is None:
            return problem("document_not_signed", request)
        headers = (("Content-Type", "application/pdf"), ("Cache-Control", "private, no-store"))
        return Response(status=200, headers=headers, body=pdf)

    def begin(self, request: Request) -> Response:
        """POST: where the person's browser goes, and the code to compare."""
        found = self._own(request)
        if isinstance(found, Response):
            return found
        if found.means is not Means.IAM_SMART:
            return problem("signing_on_page_only", request)
        told = _object(request.body)
        given = {name: told.get(name, "") for name in ("hkic_hash", "return_uri", "user_agent")}
        texts = {name: value for name, value in given.items() if isinstance(value, str)}
        if texts.keys() != given.keys():
            return problem("metadata_malformed", request)
        if texts["return_uri"] and not self.agencies.may_return_to(found.agency, texts["return_uri"]):
            return problem("return_uri_unregistered", request)
        try:
            begun = self.sign.begin(
                found,
                signer=texts["hkic_hash"],
                browser=texts["user_agent"][:500],
                department=self.agencies.name(found.agency, found.language),
                language=found.language,
                back=texts["return_uri"],
            )
        except (DocumentRefused, SigningFailed) as refused:
            return problem(refused.reason, request)
        question = begun.question
        body: SigningBegun = {"url": question.url, "code": question.code, "signing_url": self._page_of(begun)}
        return Response(status=200, headers=JSON, body=json.dumps(body).encode())

    def _shown(self, signing: Signing, status: int, headers: tuple[tuple[str, str], ...] = ()) -> Response:
        state = stands(signing, self.sign.clock())
        body: SigningShown = {
            "id": signing.id,
            "state": state.value,
            "means": signing.means.value,
            "signing_url": self._page_of(signing),
            "language": signing.language,
            "created_at": _instant(signing.created_at),
            "expires_at": _instant(signing.expires_at),
            "signed_at": _instant(signing.signed_at),
            "level": signing.level or None,
            "sha256": signing.content if state is SigningState.SIGNED else None,
        }
        if signing.reason:
            body["reason"] = signing.reason
        return Response(status=status, headers=(*JSON, *headers), body=json.dumps(body).encode())

    def _page_of(self, signing: Signing) -> str:
        return f"{self.origin}{page_of(signing)}"

    def _own(self, request: Request) -> Signing | Response:
        try:
            caller = self.authorise(request, SCOPE)
        except NotAuthorised as refused:
            return problem(refused.reason, request, challenge=refused.challenge)
        found = self.sign.find(caller.agency, request.captured.get("id", ""))
        return found if found is not None else problem("signing_unknown", request)

    def _read(self, request: Request) -> tuple[str, "Metadata", bytes]:
        key = request.headers.get("idempotency-key", "")
        if not 0 < len(key) <= LONGEST_KEY or not key.isascii() or not key.isprintable():
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


def page_of(signing: Signing) -> str:
    """The path of the page on which its person signs."""
    return f"/{signing.language}/signings/{signing.id}"


class Metadata(Frozen):
    """What an agency tells of a document that a person is to sign."""

    subject: str
    title: Hidden[str]
    language: str
    means: Means | None
    back: str


def read_metadata(content: bytes) -> Metadata:
    """What is told of one signing. Raises DocumentRefused."""
    told = _object(content)
    subject, title, language = told.get("subject"), told.get("title"), told.get("language", "zh-Hant")
    means, back = told.get("means"), told.get("return_uri", "")
    if not (isinstance(subject, str) and 0 < len(subject) <= 255 and isinstance(title, str) and 0 < len(title) <= 200):
        raise DocumentRefused("metadata_malformed")
    if not subject.isprintable() or not isinstance(language, str):
        raise DocumentRefused("metadata_malformed")
    if language not in LANGUAGES or (means is not None and means not in list(Means)) or not isinstance(back, str):
        raise DocumentRefused("metadata_malformed")
    return Metadata(
        subject=subject,
        title=title,
        language=language,
        means=None if means is None else Means(str(means)),
        back=back,
    )


def _object(body: bytes) -> Mapping[str, object]:
    try:
        told = json.loads(body) if len(body) <= LARGEST_QUESTION else None
        json.dumps(told, ensure_ascii=False).encode()  # half a surrogate pair can be read and never written
    except (ValueError, RecursionError):
        told = None
    return told if isinstance(told, dict) else {}


def _instant(value: datetime | None) -> str | None:
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if value is not None else None
