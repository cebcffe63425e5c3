"""An authorization request that has passed every check, as a value that can be parked."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorizationRequest:
    """Checked: the client is known, the redirect URI is its own, PKCE is S256, scopes are allowed to it."""

    client: str
    redirect_uri: str
    scope: tuple[str, ...]
    state: str | None = field(default=None, repr=False)
    nonce: str | None = field(default=None, repr=False)
    code_challenge: str = field(repr=False)
    response_mode: str = "query"
    prompt: frozenset[str] = frozenset()
    max_age: int | None = None  # seconds
    acr_values: tuple[str, ...] = ()
    login_hint: str | None = field(default=None, repr=False)  # a region code is understood
    ui_locales: tuple[str, ...] = ()
    claims: Mapping[str, Mapping[str, object]] = field(default_factory=dict, repr=False)  # OIDC Core §5.5
    authorization_details: tuple[Mapping[str, object], ...] = ()  # RFC 9396
