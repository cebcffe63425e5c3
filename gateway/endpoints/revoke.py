"""POST /oauth/revoke (RFC 7009)."""

from gateway.endpoints.oauth_errors import NO_STORE, Handler, speaking_json
from gateway.endpoints.parameters import read_form
from gateway.endpoints.wire import Request, Response
from gateway.flows.revoke import Revoke


def handler(revoke: Revoke) -> Handler:
    def post(request: Request) -> Response:
        revoke(read_form(request), certificate=request.certificate)
        return Response(200, NO_STORE)

    return speaking_json(post)
