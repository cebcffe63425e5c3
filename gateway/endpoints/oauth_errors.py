"""Refusals in the standard's words: JSON for programs (RFC 6749 §5.2), a challenge for tokens (RFC 6750 §3)."""

from collections.abc import Callable

import orjson

from gateway.endpoints.wire import Page, Request, Response
from gateway.errors import RequestRefused, StepUpRequired

JSON = ("Content-Type", "application/json")
NO_STORE = (("Cache-Control", "no-store"), ("Pragma", "no-cache"))  # RFC 6749 §5.1
DPOP_ALGORITHMS = "ES256 PS256 EdDSA"

Answer = Response | Page
Handler = Callable[[Request], Answer]


def as_json(refusal: RequestRefused, request: Request) -> Response:
    """The error as JSON: its code, its reason's slug, and the incident to ask about."""
    headers: tuple[tuple[str, str], ...] = (JSON, *NO_STORE)
    if refusal.status == 401 and "authorization" in request.headers:  # RFC 6749 §5.2: matching the scheme used
        headers += (("WWW-Authenticate", 'Basic realm="oauth", error="invalid_client"'),)
    if refusal.retry_after is not None:
        headers += (("Retry-After", str(refusal.retry_after)),)
    return Response(refusal.status, headers, _body(refusal, request), refusal.reason)


def as_challenge(refusal: RequestRefused, request: Request) -> Response:
    """The error of a protected resource, as JSON and in the challenge (RFC 6750 §3, RFC 9449 §7.1, RFC 9470 §3)."""
    told = f'error="{refusal.code}", error_description="{refusal.reason}"'
    if isinstance(refusal, StepUpRequired):
        told = f"{told}, {refusal.challenge}"
    challenges = ("DPoP", f'algs="{DPOP_ALGORITHMS}"'), ("Bearer", "")
    headers: tuple[tuple[str, str], ...] = (JSON, *NO_STORE)
    if refusal.status in (401, 403):
        # a request without any token gets no error code with its challenge (RFC 6750 §3.1)
        error = told if refusal.reason != "token_missing" else ""
        for scheme, more in challenges:
            headers += (("WWW-Authenticate", f"{scheme} {', '.join(filter(None, (error, more)))}".strip()),)
    return Response(refusal.status, headers, _body(refusal, request), refusal.reason)


def as_page(refusal: RequestRefused, request: Request) -> Page:
    """The error for a person: there is nobody whom a redirect could safely go to (RFC 6749 §4.1.2.1)."""
    return Page(status=refusal.status, reason=refusal.reason, incident=request.incident)


def speaking_json(handler: Callable[[Request], Response]) -> Handler:
    """The handler, with its refusals as JSON."""

    def answer(request: Request) -> Answer:
        try:
            return handler(request)
        except RequestRefused as refusal:
            return as_json(refusal, request)

    return answer


def speaking_challenges(handler: Callable[[Request], Response]) -> Handler:
    """The handler, with its refusals as a protected resource says them."""

    def answer(request: Request) -> Answer:
        try:
            return handler(request)
        except RequestRefused as refusal:
            return as_challenge(refusal, request)

    return answer


def speaking_pages(handler: Callable[[Request], Response]) -> Handler:
    """The handler, with its refusals as pages."""

    def answer(request: Request) -> Answer:
        try:
            return handler(request)
        except RequestRefused as refusal:
            return as_page(refusal, request)

    return answer


def _body(refusal: RequestRefused, request: Request) -> bytes:
    return orjson.dumps({"error": refusal.code, "error_description": refusal.reason, "incident": request.incident})
