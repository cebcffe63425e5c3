"""How a partner looks at its own integration: GET /api/v1/integration, …/errors, POST …/page.

Each takes an access token of the client itself (`client_credentials`, scope `integration:read`). The bodies are the
dataclasses below; the description of the API is made from them.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

import orjson
from msgspec.structs import asdict

from gateway.endpoints.oauth_errors import JSON, NO_STORE, Handler
from gateway.endpoints.parameters import read_query
from gateway.endpoints.presented_token import presentation
from gateway.endpoints.problems import speaking_problems
from gateway.endpoints.wire import Request, Response
from gateway.errors import NotFound, RequestRefused
from gateway.flows.check_access import CheckAccess
from gateway.flows.look_at_partner import MOST, LookAtPartner, PartnerState
from gateway.flows.partner_pass import PartnerPass
from gateway.frozen import Frozen
from gateway.oidc.integration_error import MEMORY, RINGS, IntegrationError

SCOPE = "integration:read"
PATH = "/api/v1/integration"

# What a reason means, in the language that the request asks for; and where the page is that a link opens.
Say = Callable[[Request, str, int], str]
PageUrl = Callable[[Request, str], str]


class ErrorLine(Frozen):
    """One refused request. `incident` finds it in our logs; `text` is for people, in the language asked for."""

    at: datetime
    endpoint: str
    status: int
    error: str
    reason: str
    clause: str
    text: str
    incident: str
    sureness: str  # authenticated: the client's own request; claimed: a request that named it


class ErrorList(Frozen):
    """The newest first. `next` is what `before` takes to go on, None at the end."""

    client_id: str
    errors: tuple[ErrorLine, ...]
    next: str | None
    kept: dict[str, int]
    kept_for_days: int


class KeyInfo(Frozen):
    kid: str | None
    algorithm: str
    thumbprint: str
    expires_at: datetime | None
    health: str  # good, expires_soon, expired


class KeysInfo(Frozen):
    """`jwks_uri` is None for keys that are enrolled by value."""

    jwks_uri: str | None
    fetched_at: datetime | None
    asked_at: datetime | None
    problem: str | None
    keys: tuple[KeyInfo, ...]
    troubles: tuple[str, ...]


class LimitInfo(Frozen):
    requests_per_minute: int
    used_up_percent: int


class DeliveryInfo(Frozen):
    """Something that we tell the partner: a logout or another event."""

    kind: str
    state: str  # waiting, delivered, given_up
    attempts: int
    created_at: datetime
    next_at: datetime | None
    problem: str | None


class IntegrationState(Frozen):
    client_id: str
    agency: str
    scopes: tuple[str, ...]
    redirect_uris: tuple[str, ...]
    keys: KeysInfo
    limits: LimitInfo
    deliveries: tuple[DeliveryInfo, ...]


class PageLink(Frozen):
    """An address that opens the partner's page once, for whoever has it."""

    url: str
    expires_in: int  # seconds


class IntegrationApi(Frozen):
    check: CheckAccess
    look: LookAtPartner
    passes: PartnerPass
    say: Say
    page_url: PageUrl

    def errors(self, request: Request) -> Response:
        """GET the last refusals: `limit` (at most 200), `before` (an incident)."""
        client = self._client(request)
        query = read_query(request)
        limit = _number(query.get("limit", "50"))
        found = self.look.errors(client, limit=limit, before=query.get("before"))
        listed = ErrorList(
            client_id=client,
            errors=tuple(self._line(request, error) for error in found),
            next=found[-1].incident if len(found) == limit else None,
            kept={sureness.value: ring.kept for sureness, ring in RINGS.items()},
            kept_for_days=MEMORY // timedelta(days=1),
        )
        return _json(200, listed)

    def state(self, request: Request) -> Response:
        """GET keys, limits and deliveries."""
        found = self.look.state(self._client(request))
        if found is None:
            raise NotFound("client_unknown")
        return _json(200, described(found))

    def page(self, request: Request) -> Response:
        """POST for a link to the page where people read the same."""
        client = self._client(request)
        link = self.passes.link(client, actor=client)
        return _json(201, PageLink(url=self.page_url(request, link.value), expires_in=int(link.lives.total_seconds())))

    def _client(self, request: Request) -> str:
        access = self.check(presentation(request), scope=SCOPE)
        if access.grant is not None:  # a person's permission is no matter of a client's own affairs
            raise RequestRefused("scope_insufficient", code="insufficient_scope", status=403)
        self.look.count(access.token.client)
        return access.token.client

    def _line(self, request: Request, error: IntegrationError) -> ErrorLine:
        return ErrorLine(
            at=error.at,
            endpoint=error.endpoint,
            status=error.status,
            error=error.code,
            reason=error.reason,
            clause=error.clause,
            text=self.say(request, error.reason, error.status),
            incident=error.incident,
            sureness=error.sureness.value,
        )


def described(state: PartnerState) -> IntegrationState:
    """The state as it goes out: whose sessions and accounts a delivery is about stays here."""
    keys = state.keys
    return IntegrationState(
        client_id=state.client.id,
        agency=state.client.agency,
        scopes=tuple(sorted(state.client.scopes)),
        redirect_uris=state.client.redirect_uris,
        keys=KeysInfo(
            jwks_uri=keys.url,
            fetched_at=keys.fetched_at,
            asked_at=keys.asked_at,
            problem=keys.problem,
            keys=tuple(
                KeyInfo(
                    kid=key.kid,
                    algorithm=key.algorithm,
                    thumbprint=key.thumbprint,
                    expires_at=key.expires_at,
                    health=key.health.value,
                )
                for key in keys.keys
            ),
            troubles=tuple(trouble.value for trouble in keys.troubles),
        ),
        limits=LimitInfo(requests_per_minute=state.limits.requests_per_minute, used_up_percent=state.limits.used_up),
        deliveries=tuple(
            DeliveryInfo(
                kind=one.kind.value,
                state=one.state.value,
                attempts=one.attempts,
                created_at=one.created_at,
                next_at=one.next_at if one.state.value == "waiting" else None,
                problem=one.problem,
            )
            for one in state.deliveries
        ),
    )


def routes(api: IntegrationApi) -> dict[tuple[str, str], Handler]:
    """What the rim mounts."""
    return {
        ("GET", PATH): speaking_problems(api.state),
        ("GET", f"{PATH}/errors"): speaking_problems(api.errors),
        ("POST", f"{PATH}/page"): speaking_problems(api.page),
    }


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 0 < len(text) < 6 and 0 < int(text) <= MOST):
        raise RequestRefused("limit_malformed")
    return int(text)


def _json(status: int, told: object) -> Response:
    return Response(status, (JSON, *NO_STORE), orjson.dumps(told, default=asdict))
