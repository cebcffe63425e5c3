"""POST /oauth/register, and GET, PUT, DELETE of one's own registration below it (RFC 7591 §3, RFC 7592 §2)."""

from collections.abc import Callable
from typing import Any

import orjson

from gateway.endpoints.oauth_errors import JSON, NO_STORE, Handler, as_json
from gateway.endpoints.wire import Request, Response
from gateway.errors import RequestRefused
from gateway.flows.register_client import RegisterClient, Registered
from gateway.oidc import strict_json
from gateway.oidc.offer import Offer
from gateway.oidc.registration import PATH, described

ONE = PATH + "/{client}"
LONGEST = 65_536


def routes(register: RegisterClient, *, offer: Offer) -> dict[tuple[str, str], Handler]:
    """What the rim mounts."""

    def post(request: Request) -> Response:
        return _answer(201, register(_body(request), token=_token(request)), offer)

    def get(request: Request) -> Response:
        return _answer(200, register.read(_client(request), token=_token(request)), offer)

    def put(request: Request) -> Response:
        token = _token(request)
        return _answer(200, register.update(_client(request), _body(request), token=token), offer)

    def delete(request: Request) -> Response:
        register.remove(_client(request), token=_token(request))
        return Response(204, NO_STORE)

    return {
        ("POST", PATH): _speaking(post),
        ("GET", ONE): _speaking(get),
        ("PUT", ONE): _speaking(put),
        ("DELETE", ONE): _speaking(delete),
    }


def _client(request: Request) -> str:
    return request.captured["client"]


def _token(request: Request) -> str:
    """The token, in the header alone (RFC 7591 §3, RFC 6750 §2.1)."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip(" "):
        raise RequestRefused("token_missing", code="invalid_token", status=401)
    return token.strip(" ")


def _body(request: Request) -> dict[str, Any]:
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise RequestRefused("content_type_other_than_json", code="invalid_client_metadata")
    try:
        told = strict_json.read_object(request.body, longest=LONGEST)
        strict_json.refuse_unwritable(told)
    except strict_json.NotJson:
        raise RequestRefused("client_metadata_malformed", code="invalid_client_metadata") from None
    return told


def _answer(status: int, registered: Registered, offer: Offer) -> Response:
    told = described(registered.client, registered.about, offer) | {
        "client_id_issued_at": int(registered.registered_at.timestamp()),
        "registration_access_token": registered.token,
        "registration_client_uri": f"{offer.issuer}{PATH}/{registered.client.id}",
    }
    return Response(status, (JSON, *NO_STORE), orjson.dumps(told))


def _speaking(handler: Callable[[Request], Response]) -> Handler:
    """The handler, with its refusals as RFC 7591 §3.2.2 and RFC 6750 §3 say them."""

    def answer(request: Request) -> Response:
        try:
            return handler(request)
        except RequestRefused as refusal:
            given = as_json(refusal, request)
        if given.status == 401:
            plain = tuple(pair for pair in given.headers if pair[0] != "WWW-Authenticate")
            # §3.1: who brought no token is told no error of one
            challenge = "Bearer" if given.reason == "token_missing" else 'Bearer error="invalid_token"'
            given = Response(given.status, (*plain, ("WWW-Authenticate", challenge)), given.body, given.reason)
        return given

    return answer
