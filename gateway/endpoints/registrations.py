"""POST /api/v1/registrations takes a partner's signed request; GET …/{reference} tells what became of it.

No token is needed: the request proves its key, and the reference is known to who was given it. The bodies are the
dataclasses below; the description of the API is made from them.
"""

from datetime import datetime

import orjson
from msgspec.structs import asdict

from gateway.endpoints.oauth_errors import JSON, NO_STORE, Handler
from gateway.endpoints.problems import speaking_problems
from gateway.endpoints.wire import Request, Response
from gateway.errors import RequestRefused
from gateway.flows.ask_to_register import AskToRegister
from gateway.frozen import Frozen
from gateway.oidc.registration_request import RegistrationRequest

PATH = "/api/v1/registrations"
ONE = PATH + "/{reference}"
MEDIA = "application/jwt"


class RegistrationState(Frozen):
    """`ground` says why it was refused; `client_id` is what came of it."""

    reference: str
    state: str  # waiting, approved, refused, lapsed
    asked_at: datetime
    decided_at: datetime | None
    ground: str | None
    client_id: str | None


def described(request: RegistrationRequest) -> RegistrationState:
    """What may be told to whoever has the reference: nothing of what the request said."""
    return RegistrationState(
        reference=request.reference,
        state=request.state.value,
        asked_at=request.asked_at,
        decided_at=request.decided_at,
        ground=request.ground,
        client_id=request.client,
    )


def routes(ask: AskToRegister) -> dict[tuple[str, str], Handler]:
    """What the rim mounts."""

    def post(request: Request) -> Response:
        if request.headers.get("content-type", "").partition(";")[0].strip().lower() != MEDIA:
            raise RequestRefused("content_type_other_than_jwt", status=415)
        text = request.body.decode("ascii", "replace").strip()
        asked = ask(text, remote=request.remote, forwarded=request.headers.get("x-forwarded-for"))
        return _answer(202, asked, (("Location", f"{PATH}/{asked.reference}"),))

    def get(request: Request) -> Response:
        return _answer(200, ask.state(request.captured["reference"]), ())

    return {("POST", PATH): speaking_problems(post), ("GET", ONE): speaking_problems(get)}


def _answer(status: int, asked: RegistrationRequest, headers: tuple[tuple[str, str], ...]) -> Response:
    return Response(status, (JSON, *NO_STORE, *headers), orjson.dumps(asdict(described(asked))))
