"""Which claims a request asks to be told, and where (OIDC Core §5.4, §5.5). How much they are needed is weighed
where the person is asked: `identity/claim.py`.
"""

from gateway.identity.claim import VERIFICATION
from gateway.identity.further import VERIFIED_CLAIMS, WITHHELD, Further, elements
from gateway.oidc.authorization_request import AuthorizationRequest
from gateway.oidc.offer import Offer


def plain(request: AuthorizationRequest, offer: Offer, place: str) -> tuple[str, ...]:
    """The claims asked for as plain values at this place, by scope and by name; what is not offered is left out.

    A scope asks for userinfo (§5.4). One that is asked for as a verified claim alone is told at neither place.
    """
    by_name = request.claims.get(place, {})
    by_scope = _by_scope(request, offer) if place == "userinfo" else ()
    if not by_name and not by_scope:
        return ()
    offered = offer.claims
    return tuple([name for name in dict.fromkeys((*by_scope, *by_name)) if name in offered])


def further(request: AuthorizationRequest, offer: Offer, place: str) -> Further | None:
    """What the request asks for at this place beyond plain values, or None where it asks for nothing more."""
    by_name = request.claims.get(place)
    if not by_name:
        return None
    verified = elements(request.claims, place)
    explain: tuple[str, ...] | None = None
    if WITHHELD in by_name:
        listed = [*(_by_scope(request, offer) if place == "userinfo" else ()), *by_name]
        explain = tuple(name for name in dict.fromkeys(listed) if name not in (WITHHELD, VERIFICATION, VERIFIED_CLAIMS))
    return Further(verified=verified, explain=explain) if verified or explain is not None else None


def _by_scope(request: AuthorizationRequest, offer: Offer) -> tuple[str, ...]:
    return tuple([name for scope in request.scope for name in offer.scope_claims.get(scope, ())])
