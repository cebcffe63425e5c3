"""GET and POST /oauth/userinfo (OIDC Core §5.3): as JSON, or as a JWT for who is registered so (§5.3.2)."""

import orjson

from gateway.endpoints.oauth_errors import JSON, NO_STORE, Handler, speaking_challenges
from gateway.endpoints.presented_token import presentation
from gateway.endpoints.wire import Request, Response
from gateway.flows.userinfo import UserInfo

JWT = ("Content-Type", "application/jwt")


def handler(userinfo: UserInfo) -> Handler:
    def answer(request: Request) -> Response:
        told = userinfo(presentation(request))
        if told.signed is not None:
            return Response(200, (JWT, *NO_STORE), told.signed.encode())
        return Response(200, (JSON, *NO_STORE), orjson.dumps(told.claims))

    return speaking_challenges(answer)
