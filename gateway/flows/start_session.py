"""Begin a session for a person whose home identity is bound."""

from datetime import datetime

from gateway.flows.equipment import Equipment, cookie_hash
from gateway.flows.onward import ceiling
from gateway.identity.assertion import RegionAssertion
from gateway.identity.assurance import Method, effective
from gateway.identity.binding import Binding
from gateway.identity.session import Session
from gateway.oidc.sign_in import SignIn
from gateway.ports.residents import AuditEvent
from gateway.ports.work import Work


def start_session(
    equipment: Equipment,
    work: Work,
    sign_in: SignIn,
    assertion: RegionAssertion,
    *,
    method: Method,
    bound: Binding,
    at: datetime,
) -> tuple[Session, str]:
    """The session and the cookie's value, which is told once and stored only as a hash."""
    secret = equipment.new_token()
    session = Session(
        id=cookie_hash(secret),
        browser=sign_in.browser,
        account=bound.account,
        home=assertion.region,
        binding=bound.id,
        acr=effective(method.level, ceiling(bound)).acr,
        amr=method.amr,
        authenticated_at=assertion.authenticated_at,
        created_at=at,
        seen_at=at,
    )
    work.sessions.add(session)
    work.audit.record(
        AuditEvent(
            kind="session.started",
            at=at,
            actor=bound.account,
            subjects=(session.id, bound.id),
            client=None if sign_in.request is None else sign_in.request.client,
            region=assertion.region.value,
        )
    )
    return session, secret
