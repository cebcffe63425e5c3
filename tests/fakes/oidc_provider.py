"""The product's own provider over whatever ports a test gives it, with its routes."""

from dataclasses import dataclass

from deploy.composing import provider as composing
from deploy.composing.provider_parts import ProviderParts
from gateway.endpoints.authorize import SignInPage
from gateway.endpoints.routes import ProviderFlows, Routes, routes
from gateway.endpoints.vouched_certificate import Proxy
from gateway.flows.check_access import CheckAccess
from gateway.flows.confirm_device import ConfirmDevice
from gateway.flows.deliver import Deliver
from gateway.flows.sessions import ResidentSessions
from gateway.flows.sign_out_for import SignOutFor
from gateway.identity.session import Lifetime
from gateway.ports.claims import Claims, Subjects
from gateway.ports.person_steps import PersonSteps

PROXIES = ("10.0.0.0/24", "fd00::1")
SIGNING = ["ES256"]  # what ID tokens are signed with


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """`check_access` serves other endpoints that take our tokens (the documents API)."""

    flows: ProviderFlows
    routes: Routes
    check_access: CheckAccess
    confirm_device: ConfirmDevice
    sign_out: SignOutFor
    sessions: ResidentSessions
    deliver: Deliver


def make_provider(
    parts: ProviderParts, *, steps: PersonSteps, claims: Claims, subjects: Subjects, page: SignInPage
) -> Provider:
    """The provider. `page` knows where a sign-in is shown."""
    made = composing.provider(parts, steps=steps, claims=claims, subjects=subjects)
    sessions = ResidentSessions(open_work=parts.open_work, clock=parts.clock, lifetime=Lifetime())
    ending = composing.logouts(parts, made, sessions, subjects)
    table = routes(
        made.flows,
        offer=parts.offer,
        signer=parts.signer,
        new_token=parts.new_token,
        page=page,
        sign_out=ending.sign_out,
        sign_out_page=lambda _, asked, __: f"/en/sign-out?request={asked}" if asked else "/en/?done=signed-out",
        signing=SIGNING,
        key_set_cache=parts.settings.key_set_cache,
        proxy=Proxy.of(parts.settings.mutual_tls, PROXIES),
    )
    return Provider(
        flows=made.flows,
        routes=table,
        check_access=made.check_access,
        confirm_device=made.confirm_device,
        sign_out=ending.sign_out,
        sessions=sessions,
        deliver=ending.deliver,
    )
