"""A partner that registers its own client under an invitation, and what it wants."""

import base64
from datetime import timedelta
from typing import Any

import orjson

from gateway.endpoints.register import ONE
from gateway.endpoints.wire import Request, Response
from gateway.flows.invite_partner import InvitePartner
from gateway.oidc.invitation import Reach
from tests.fakes.oidc_signer import Key
from tests.fakes.oidc_world import CALLBACK, Agency, World, body

NAMES = {
    "client_name": "Registry",
    "client_name#zh-Hant": "登記處",
    "client_name#zh-Hans-CN": "登记处",
    "client_name#pt": "Registo",
}
REACH = Reach(
    agency="registry-agency",
    region="CN-44",
    scopes=frozenset({"openid", "profile", "documents:issue"}),
    grant_types=frozenset({"authorization_code", "client_credentials"}),
    detail_types=frozenset({"biometric_check"}),
    check_purposes=frozenset({"business_registration"}),
    hosts=frozenset({"agency.example"}),
)


def invite(world: World, reach: Reach = REACH, uses: int = 1) -> str:
    parts = world.parts
    flow = InvitePartner(offer=parts.offer, open_work=parts.open_work, new_token=parts.new_token, clock=parts.clock)
    return flow(reach, uses=uses, lifetime=timedelta(days=7), operator="operator").token


class Partner:
    """A partner that registers itself, and what it wants."""

    def __init__(self, world: World, reach: Reach = REACH, uses: int = 1) -> None:
        self.world = world
        self.key = Key.make(kid="own-1")
        self.token = invite(world, reach, uses)

    def metadata(self, **other: Any) -> dict[str, Any]:
        honest = {
            **NAMES,
            "redirect_uris": [CALLBACK],
            "grant_types": ["authorization_code", "client_credentials"],
            "scope": "openid profile documents:issue",
            "jwks": {"keys": [self.key.jwk]},
        }
        return {name: value for name, value in (honest | other).items() if value is not None}

    def send(self, method: str, told: Any, *, token: str | None = None, client: str | None = None) -> Response:
        path = "/oauth/register" if client is None else f"/oauth/register/{client}"
        request = Request(
            method=method,
            path=path,
            headers={"content-type": "application/json", "authorization": f"Bearer {token or self.token}"},
            body=b"" if told is None else orjson.dumps(told),
            captured={} if client is None else {"client": client},
        )
        answer = self.world.provider.routes[method, "/oauth/register" if client is None else ONE](request)
        assert isinstance(answer, Response)
        return answer

    def register(self, **other: Any) -> dict[str, Any]:
        answer = self.send("POST", self.metadata(**other))
        assert answer.status == 201, answer.body
        return body(answer)

    def agency(self, client: str) -> Agency:
        """The client at work."""
        return Agency(self.world, id=client, key=self.key, dpop_key=Key.make(kid="proof"))


def reason(answer: Response) -> str:
    return str(body(answer)["error_description"])


def claims_of(part: str) -> dict[str, Any]:
    told: dict[str, Any] = orjson.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return told
