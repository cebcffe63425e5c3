"""Refusals of the gateway's own API as problem details (RFC 9457), with the challenge of a protected resource."""

from collections.abc import Callable

import orjson

from gateway.endpoints.oauth_errors import DPOP_ALGORITHMS, NO_STORE, Handler
from gateway.endpoints.wire import Request, Response
from gateway.errors import NotFound, RequestRefused

PROBLEM = ("Content-Type", "application/problem+json")

# for a technician who reads the answer itself; people read /problems/{reason} in their language
TITLES = {
    "scope_insufficient": "The access token does not allow this",
    "registration_request_unknown": "There is no such request",
    "too_many_requests": "Too many requests; come again later",
    "content_type_other_than_json": "The body is to be JSON",
    "client_metadata_malformed": "The body is not the JSON object that is expected",
}
BY_STATUS = {401: "The access token does not hold", 403: "This is not allowed", 404: "There is nothing here"}


def problem(refusal: RequestRefused | NotFound, request: Request) -> Response:
    """The refusal as a document of its own."""
    status = refusal.status if isinstance(refusal, RequestRefused) else 404
    told = {
        "type": f"/problems/{refusal.reason}",
        "title": TITLES.get(refusal.reason) or BY_STATUS.get(status, "The request cannot be taken"),
        "status": status,
        "instance": f"urn:incident:{request.incident}",
    }
    headers: tuple[tuple[str, str], ...] = (PROBLEM, *NO_STORE)
    if isinstance(refusal, RequestRefused):
        told["code"] = refusal.code
        if refusal.status in (401, 403):
            error = f'error="{refusal.code}"'
            headers += (("WWW-Authenticate", f'DPoP {error}, algs="{DPOP_ALGORITHMS}"'),)
            headers += (("WWW-Authenticate", f"Bearer {error}"),)
        if refusal.retry_after is not None:
            headers += (("Retry-After", str(refusal.retry_after)),)
    return Response(status, headers, orjson.dumps(told), refusal.reason)


def speaking_problems(handler: Callable[[Request], Response]) -> Handler:
    """The handler, with its refusals as problem details."""

    def answer(request: Request) -> Response:
        try:
            return handler(request)
        except (RequestRefused, NotFound) as refusal:
            return problem(refusal, request)

    return answer
