"""Which claims a request asks for, where, and how much it needs them (OIDC Core §5.4, §5.5)."""

from dataclasses import dataclass

from gateway.oidc.authorization_request import AuthorizationRequest
from gateway.oidc.offer import Offer


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedClaim:
    """One claim. `essential` is what the agency says it cannot do without; all others are the person's choice."""

    name: str
    essential: bool
    id_token: bool
    userinfo: bool


def asked(request: AuthorizationRequest, offer: Offer) -> tuple[AskedClaim, ...]:
    """The claims asked for by scope and by name, in a stable order; what is not offered is left out (§5.5.1)."""
    by_scope = [name for scope in request.scope for name in offer.scope_claims.get(scope, ())]
    in_userinfo, in_id_token = request.claims.get("userinfo", {}), request.claims.get("id_token", {})
    names = dict.fromkeys([*by_scope, *in_userinfo, *in_id_token])
    return tuple(
        AskedClaim(
            name=name,
            essential=_essential(in_userinfo.get(name)) or _essential(in_id_token.get(name)),
            id_token=name in in_id_token,
            userinfo=name in by_scope or name in in_userinfo,
        )
        for name in names
        if name in offer.claims
    )


def _essential(wish: object) -> bool:
    return isinstance(wish, dict) and wish.get("essential") is True
