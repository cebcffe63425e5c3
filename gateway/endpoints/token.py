"""POST /oauth/token (RFC 6749 §3.2, §5)."""

import orjson

from gateway.endpoints.oauth_errors import JSON, NO_STORE, Handler, speaking_json
from gateway.endpoints.parameters import read_form
from gateway.endpoints.wire import Request, Response
from gateway.flows.answer_token_request import AnswerTokenRequest, Tokens


def handler(answer: AnswerTokenRequest) -> Handler:
    def post(request: Request) -> Response:
        tokens = answer(read_form(request), proof=request.headers.get("dpop"), certificate=request.certificate)
        return Response(200, (JSON, *NO_STORE), orjson.dumps(members(tokens)))

    return speaking_json(post)


def members(tokens: Tokens) -> dict[str, object]:
    """The members of a token response (RFC 6749 §5.1, RFC 9396 §7)."""
    told: dict[str, object] = {
        "access_token": tokens.access_token,
        "token_type": "DPoP" if tokens.bound else "Bearer",
        "expires_in": tokens.expires_in,
        "scope": " ".join(tokens.scope),
    }
    if tokens.id_token is not None:
        told["id_token"] = tokens.id_token
    if tokens.issued_token_type is not None:
        told["issued_token_type"] = tokens.issued_token_type
    if tokens.refresh_token is not None:
        told["refresh_token"] = tokens.refresh_token
    if tokens.authorization_details:
        told["authorization_details"] = [dict(detail) for detail in tokens.authorization_details]
    return told
