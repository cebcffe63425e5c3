"""POST /oauth/introspect (RFC 7662)."""

import orjson

from gateway.endpoints.oauth_errors import JSON, NO_STORE, Handler, speaking_json
from gateway.endpoints.parameters import read_form
from gateway.endpoints.wire import Request, Response
from gateway.flows.introspect import Introspect


def handler(introspect: Introspect) -> Handler:
    def post(request: Request) -> Response:
        return Response(200, (JSON, *NO_STORE), orjson.dumps(introspect(read_form(request))))

    return speaking_json(post)
