"""The provider with what partners have beside the protocol: as the rim puts it together, without the rim."""

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import orjson

from gateway.endpoints import integration, registrations
from gateway.endpoints.integration import IntegrationApi
from gateway.endpoints.oauth_errors import Handler
from gateway.endpoints.refusals import Noted, noting
from gateway.endpoints.vouched_certificate import Proxy
from gateway.endpoints.wire import FORM, Page, Request, Response
from gateway.flows.ask_to_register import AskToRegister
from gateway.flows.decide_registration import DecideRegistration
from gateway.flows.identify_caller import IdentifyCaller
from gateway.flows.look_at_partner import LookAtPartner
from gateway.flows.note_refusal import NoteRefusal
from gateway.flows.partner_pass import PartnerPass
from gateway.flows.watch_partners import WatchPartners
from gateway.oidc.integration_error import IntegrationError
from tests.fakes.oidc_provider import PROXIES
from tests.fakes.oidc_world import ISSUER, Agency, World


@dataclass
class PartnerWorld:
    """`noted_for` counts how often a refusal was looked at."""

    world: World
    routes: Mapping[tuple[str, str], Handler]
    look: LookAtPartner
    passes: PartnerPass
    ask: AskToRegister
    decide: DecideRegistration
    watch: WatchPartners
    noted: Noted
    noted_for: list[str] = field(default_factory=list)
    numbers: Any = field(default_factory=lambda: itertools.count(1))

    def send(self, method: str, path: str, body: bytes = b"", query: str = "", /, **headers: str) -> Response | Page:
        """As the rim does it: the handler, and what was refused is noted."""
        route, captured = self._route(method, path)
        request = Request(
            method=method,
            path=path,
            query=query,
            headers={name.replace("_", "-"): value for name, value in headers.items()},
            body=body,
            remote=headers.pop("remote", "192.0.2.1"),
            incident=f"incident-{next(self.numbers)}",
            captured=captured,
        )
        answer = self.routes[method, route](request)
        if answer.status >= 400 or answer.reason:
            self.noted_for.append(request.incident)
            self.noted(request, answer)
        return answer

    def post(self, path: str, form: Mapping[str, str], **headers: str) -> Response:
        answer = self.send("POST", path, urlencode(form).encode(), content_type=FORM, **headers)
        assert isinstance(answer, Response)
        return answer

    def get(self, path: str, query: str = "", **headers: str) -> Response:
        answer = self.send("GET", path, b"", query, **headers)
        assert isinstance(answer, Response)
        return answer

    def errors(self, client: str, **more: Any) -> tuple[IntegrationError, ...]:
        return self.look.errors(client, **more)

    def token(self, agency: Agency, scope: str = "integration:read") -> str:
        """A bearer token with which the client acts for itself."""
        answer = self.post("/oauth/token", {"grant_type": "client_credentials", "scope": scope} | agency.auth())
        assert answer.status == 200, answer.body
        token: str = orjson.loads(answer.body)["access_token"]
        return token

    def _route(self, method: str, path: str) -> tuple[str, dict[str, str]]:
        segments = path.split("/")
        for way, pattern in self.routes:
            wanted = pattern.split("/")
            if way == method and len(wanted) == len(segments):
                pairs = list(zip(wanted, segments, strict=True))
                if all(name == given or name.startswith("{") for name, given in pairs):
                    return pattern, {name[1:-1]: given for name, given in pairs if name.startswith("{")}
        raise LookupError(path)


def partner_world(world: World) -> PartnerWorld:
    parts, provider = world.parts, world.provider
    authenticate = provider.flows.push.authenticate
    common: dict[str, Any] = {"open_work": parts.open_work, "clock": parts.clock}
    look = LookAtPartner(find_client=authenticate.find_client, limits=authenticate.limit, **common)
    passes = PartnerPass(find_client=authenticate.find_client, new_token=parts.new_token, **common)
    ask = AskToRegister(
        offer=parts.offer, vault=parts.vault, new_token=parts.new_token, proxies=("10.0.0.0/8",), **common
    )
    identify = IdentifyCaller(
        issuer=ISSUER,
        find_client=authenticate.find_client,
        keys=authenticate.keys,
        signer=parts.signer,
        clock=parts.clock,
    )
    api = IntegrationApi(
        check=provider.check_access,
        look=look,
        passes=passes,
        say=lambda request, reason, status: f"{reason} {status} {request.headers.get('accept-language', '')}".strip(),
        page_url=lambda request, link: f"{ISSUER}/en/partners/enter/{link}",
    )
    return PartnerWorld(
        world=world,
        routes={**provider.routes, **integration.routes(api), **registrations.routes(ask)},
        look=look,
        passes=passes,
        ask=ask,
        decide=DecideRegistration(offer=parts.offer, new_token=parts.new_token, **common),
        watch=WatchPartners(**common),
        noted=noting(NoteRefusal(identify=identify, **common), proxy=Proxy.of(parts.settings.mutual_tls, PROXIES)),
    )
