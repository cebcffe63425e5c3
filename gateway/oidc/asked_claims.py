"""Which claims a request asks for, where, and how much it needs them (OIDC Core §5.4, §5.5)."""

from dataclasses import dataclass

from gateway.identity.claim import VERIFICATION
from gateway.identity.further import VERIFIED_CLAIMS, WITHHELD, Further, elements, verified_names
from gateway.oidc.authorization_request import AuthorizationRequest
from gateway.oidc.offer import Offer


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedClaim:
    """One claim. `essential` is what the agency says it cannot do without; all others are the person's choice.

    One that is asked for as a verified claim alone is told at neither place as a plain one.
    """

    name: str
    essential: bool
    id_token: bool
    userinfo: bool


def asked(request: AuthorizationRequest, offer: Offer) -> tuple[AskedClaim, ...]:
    """The claims asked for by scope and by name, in a stable order; what is not offered is left out (§5.5.1)."""
    by_scope = [name for scope in request.scope for name in offer.scope_claims.get(scope, ())]
    in_userinfo, in_id_token = request.claims.get("userinfo", {}), request.claims.get("id_token", {})
    verified = verified_names(request.claims)
    how = [VERIFICATION] if verified else []
    names = dict.fromkeys([*by_scope, *in_userinfo, *in_id_token, *verified, *how])
    return tuple(
        AskedClaim(
            name=name,
            essential=_essential(in_userinfo.get(name))
            or _essential(in_id_token.get(name))
            or verified.get(name, False),
            id_token=name in in_id_token,
            userinfo=name in by_scope or name in in_userinfo,
        )
        for name in names
        if name in offer.claims
    )


def further(request: AuthorizationRequest, offer: Offer, place: str) -> Further | None:
    """What the request asks for at this place beyond plain values, or None where it asks for nothing more."""
    by_name = request.claims.get(place, {})
    verified = elements(request.claims, place)
    explain: tuple[str, ...] | None = None
    if WITHHELD in by_name:
        by_scope = [name for scope in request.scope for name in offer.scope_claims.get(scope, ())]
        listed = [*(by_scope if place == "userinfo" else ()), *by_name]
        explain = tuple(name for name in dict.fromkeys(listed) if name not in (WITHHELD, VERIFICATION, VERIFIED_CLAIMS))
    return Further(verified=verified, explain=explain) if verified or explain is not None else None


def _essential(wish: object) -> bool:
    return isinstance(wish, dict) and wish.get("essential") is True
