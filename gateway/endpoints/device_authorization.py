"""POST /oauth/device_authorization (RFC 8628 §3.1, §3.2)."""

from urllib.parse import quote

import orjson

from gateway.endpoints.oauth_errors import JSON, NO_STORE, Handler, speaking_json
from gateway.endpoints.parameters import read_form
from gateway.endpoints.wire import Request, Response
from gateway.flows.authorize_device import AuthorizeDevice


def handler(authorize: AuthorizeDevice) -> Handler:
    def post(request: Request) -> Response:
        asked = authorize(read_form(request), proof=request.headers.get("dpop"), certificate=request.certificate)
        told = {
            "device_code": asked.device_code,
            "user_code": asked.user_code,
            "verification_uri": asked.page,
            "verification_uri_complete": f"{asked.page}?user_code={quote(asked.user_code, safe='')}",
            "expires_in": asked.expires_in,
            "interval": asked.interval,
        }
        return Response(200, (JSON, *NO_STORE), orjson.dumps(told))

    return speaking_json(post)
