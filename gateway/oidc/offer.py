"""What this provider offers: the scopes, claims, levels and kinds of request it knows. One value, built in deploy."""

from collections.abc import Mapping
from types import MappingProxyType

from msgspec import field
from msgspec.structs import force_setattr

from gateway.frozen import Frozen
from gateway.identity import claim
from gateway.identity.verification import DEFAULT_VOUCHERS
from gateway.oidc.client import PRIVATE_KEY_JWT, SELF_SIGNED

BIOMETRIC_CHECK = "biometric_check"

# OIDC Core §5.4 as far as a region vouches for it; what nobody here has verified is not offered.
SCOPE_CLAIMS: Mapping[str, tuple[str, ...]] = MappingProxyType({"openid": (), **claim.SCOPE_CLAIMS})


class Offer(Frozen):
    """`scope_claims` are scopes about a person and the claims they stand for; `machine_scopes` need no person."""

    issuer: str
    scope_claims: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: SCOPE_CLAIMS)
    more_claims: tuple[str, ...] = ()  # to be asked for by name only, with the `claims` parameter
    machine_scopes: tuple[str, ...] = ("documents:issue", "documents:read", "documents:verify", "integration:read")
    # machine scopes that a person's request may name as well: their resource wants to know how the person signed in
    scopes_of_both: frozenset[str] = frozenset()
    acr_values: tuple[str, ...] = ()
    detail_types: tuple[str, ...] = (BIOMETRIC_CHECK,)
    signing: tuple[str, ...] = ("ES256",)  # what our own keys sign with
    certificate_bound_tokens: bool = False  # whether a proxy vouches for clients' certificates (RFC 8705)
    mutual_tls_url: str = ""  # where it asks for them, if not at the issuer (§5)
    # of whom claims are told as verified (OIDC4IDA)
    trust_frameworks: tuple[str, ...] = tuple(one.trust_framework for one in DEFAULT_VOUCHERS.values())
    locales: tuple[str, ...] = ("zh-Hant", "zh-Hans", "en", "pt")
    # what follows from the above, and every request asks: the claims about a person that can be asked for, and the
    # scopes that a person's request may name
    claims: frozenset[str] = frozenset()
    scopes: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        force_setattr(self, "claims", frozenset(self.more_claims).union(*self.scope_claims.values()))
        force_setattr(self, "scopes", self.scopes_of_both.union(self.scope_claims))

    @property
    def auth_methods(self) -> tuple[str, ...]:
        """The ways in which a client may prove itself."""
        return (PRIVATE_KEY_JWT, *((SELF_SIGNED,) if self.certificate_bound_tokens else ()))
