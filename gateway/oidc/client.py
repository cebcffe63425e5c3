"""A registered client of a partner agency, and what it may do."""

from collections.abc import Mapping

from msgspec import field

from gateway.frozen import Frozen
from gateway.oidc.delivery import Kind

PRIVATE_KEY_JWT = "private_key_jwt"
SELF_SIGNED = "self_signed_tls_client_auth"


class Client(Frozen):
    """One client. Clients of the same `agency` see the same pairwise subjects (its sector)."""

    id: str
    agency: str
    names: Mapping[str, str]  # display name by language: zh-Hant, zh-Hans, en, pt
    region: str  # ISO 3166 code of where the agency sits: decides which transfers are lawful
    redirect_uris: tuple[str, ...]
    post_logout_redirect_uris: tuple[str, ...] = ()
    backchannel_logout_uri: str | None = None  # where it wants to be told that a session ended
    events_uri: str | None = None  # where security events are pushed to it (RFC 8935)
    events: frozenset[str] = frozenset()  # which of them it wants, by the names of delivery.Kind
    jwks: Mapping[str, object] = field(default_factory=dict)  # public keys for private_key_jwt
    jwks_uri: str | None = None
    # how it proves itself: private_key_jwt, or a certificate of its own that stands in `jwks` (RFC 8705 §2.2)
    token_endpoint_auth_method: str = PRIVATE_KEY_JWT
    scopes: frozenset[str] = frozenset({"openid"})
    grant_types: frozenset[str] = frozenset({"authorization_code"})
    detail_types: frozenset[str] = frozenset()  # authorization_details types it may ask for (RFC 9396)
    check_purposes: frozenset[str] = frozenset()  # purposes of a biometric check it may name
    purpose: Mapping[str, str] = field(default_factory=dict)  # why it asks, by language, shown on consent
    require_par: bool = True  # an operator may lift it for a plain OpenID client; never for a FAPI client
    require_dpop: bool = True  # its tokens are bound to its key (RFC 9449); lifted where a certificate binds them
    require_mtls: bool = False  # its tokens are bound to the certificate of its connection (RFC 8705 §3)
    # FAPI 2.0 Message Signing, on a client's request: what is not signed is refused
    require_signed_request: bool = False
    require_signed_response: bool = False
    # how it wants userinfo: None as JSON, else as a JWT signed with this algorithm (OIDC Core §5.3.2)
    userinfo_signed_response_alg: str | None = None
    may_call: frozenset[str] = frozenset()  # clients whose systems it may call for a person (RFC 8693)
    requests_per_minute: int | None = None  # None: what the settings say
    active: bool = True
    version: int = 1

    def hears(self, kind: Kind) -> bool:
        """Whether it wants to be told this kind of thing, and said where."""
        if kind is Kind.LOGOUT:
            return self.backchannel_logout_uri is not None
        return self.events_uri is not None and kind.value in self.events
