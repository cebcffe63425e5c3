"""POST /oauth/par: a client pushes an authorization request (RFC 9126)."""

import orjson

from gateway.endpoints.oauth_errors import JSON, NO_STORE, Handler, speaking_json
from gateway.endpoints.parameters import read_form
from gateway.endpoints.wire import Request, Response
from gateway.flows.push_request import PushRequest


def handler(push: PushRequest) -> Handler:
    def post(request: Request) -> Response:
        pushed = push(read_form(request), proof=request.headers.get("dpop"), certificate=request.certificate)
        body = orjson.dumps({"request_uri": pushed.request_uri, "expires_in": pushed.expires_in})
        return Response(201, (JSON, *NO_STORE), body)

    return speaking_json(post)
