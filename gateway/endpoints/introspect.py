"""POST /oauth/introspect (RFC 7662), signed for who accepts that (RFC 9701 §4)."""

import orjson

from gateway.endpoints.oauth_errors import JSON, NO_STORE, Handler, speaking_json
from gateway.endpoints.parameters import read_form
from gateway.endpoints.wire import Request, Response
from gateway.flows.introspect import SIGNED_TYPE, Introspect

SIGNED = f"application/{SIGNED_TYPE}"


def handler(introspect: Introspect) -> Handler:
    def post(request: Request) -> Response:
        form, certificate = read_form(request), request.certificate
        if SIGNED in request.headers.get("accept", ""):
            told = introspect.signed(form, certificate=certificate)
            return Response(200, (("Content-Type", SIGNED), *NO_STORE), told.encode())
        return Response(200, (JSON, *NO_STORE), orjson.dumps(introspect(form, certificate=certificate)))

    return speaking_json(post)
