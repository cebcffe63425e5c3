"""GET and POST /oauth/userinfo (OIDC Core §5.3)."""

import orjson

from gateway.endpoints.oauth_errors import JSON, NO_STORE, Handler, speaking_challenges
from gateway.endpoints.presented_token import presentation
from gateway.endpoints.wire import Request, Response
from gateway.flows.userinfo import UserInfo


def handler(userinfo: UserInfo) -> Handler:
    def answer(request: Request) -> Response:
        return Response(200, (JSON, *NO_STORE), orjson.dumps(userinfo(presentation(request))))

    return speaking_challenges(answer)
