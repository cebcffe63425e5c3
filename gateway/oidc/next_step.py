"""What stands between a person and the answer to a request: the next step, decided from facts.

1. The person must be signed in, recently enough and by the wish of this request (prompt, max_age).
2. It must be the person whom the agency expects (id_token_hint).
3. The level must suffice; a stronger sign-in is asked for once, and only where it can help.
4. What the agency wants to be told and is not settled yet is asked.
5. A check is asked, on its own, and done.
"""

from datetime import datetime, timedelta

from gateway.frozen import Frozen
from gateway.identity.assurance import Level, demanded, level_of, suffices
from gateway.identity.session import Session
from gateway.oidc.authorization_request import AuthorizationRequest


class Facts(Frozen):
    """`fresh`: the person signed in within this sign-in. `ceiling`: the level that binding and account allow."""

    request: AuthorizationRequest | None
    session: Session | None
    fresh: bool
    stepped_up: bool
    ceiling: Level
    is_expected_person: bool
    claims_pending: bool
    check_pending: bool
    at: datetime


class Authenticate(Frozen, kw_only=False):
    pass


class StepUp(Frozen, kw_only=False):
    floor: Level


class AskClaims(Frozen, kw_only=False):
    pass


class AskCheck(Frozen, kw_only=False):
    pass


class Done(Frozen, kw_only=False):
    pass


class Impossible(Frozen):
    """No asking helps: what the client is told."""

    code: str
    reason: str


Step = Authenticate | StepUp | AskClaims | AskCheck | Done | Impossible
ANEW = frozenset({"login", "select_account"})  # the prompts for which no earlier sign-in will do


def next_step(facts: Facts) -> Step:
    request, session = facts.request, facts.session
    if session is None or (not facts.fresh and _must_sign_in_again(request, session, facts.at)):
        return Authenticate()
    if request is None:
        return Done()
    if not facts.is_expected_person:
        return Impossible(code="login_required", reason="another_person") if facts.fresh else Authenticate()
    unmet = _level(facts, request, session)
    if unmet is not None:
        return unmet
    if facts.claims_pending:
        return AskClaims()
    return AskCheck() if facts.check_pending else Done()


def _level(facts: Facts, request: AuthorizationRequest, session: Session) -> StepUp | Impossible | None:
    wanted = wanted_levels(request)
    floor = demanded(wanted) if wanted else None
    if floor is None or suffices(level_of(session.acr) or Level.SELF_ASSERTED, floor):
        return None
    if facts.stepped_up or not suffices(facts.ceiling, floor):
        return Impossible(code="unmet_authentication_requirements", reason="level_not_reached")
    return StepUp(floor)


def wanted_levels(request: AuthorizationRequest) -> tuple[str, ...]:
    """`acr_values`, and the values of an `acr` claim asked for in the ID token (OIDC Core §5.5.1.1)."""
    wish = request.claims.get("id_token", {}).get("acr")
    if not isinstance(wish, dict):
        return request.acr_values
    listed = wish.get("values")
    named = (*(listed if isinstance(listed, list) else ()), wish.get("value"))
    return (*request.acr_values, *(value for value in named if isinstance(value, str)))


def silently(step: Step) -> str | None:
    """The error for a request that allows no page (`prompt=none`), or None if there is nothing to ask."""
    match step:
        case Authenticate() | StepUp():
            return "login_required"
        case AskClaims():
            return "consent_required"
        case AskCheck():
            return "interaction_required"
        case Impossible(code=code):
            return code
        case Done():
            return None


def oldest(request: AuthorizationRequest) -> timedelta | None:
    """How old a sign-in may be for this request, if it says so: a region's own must be no older than ours."""
    if request.prompt & ANEW:
        return timedelta()
    return None if request.max_age is None else timedelta(seconds=request.max_age)


def _must_sign_in_again(request: AuthorizationRequest | None, session: Session, at: datetime) -> bool:
    if request is None:
        return False
    if request.prompt & ANEW:
        return True
    return request.max_age is not None and (at - session.authenticated_at).total_seconds() > request.max_age
