"""An authorization request that has passed every check, as a value that can be parked."""

from collections.abc import Mapping

import msgspec
from msgspec import field

from gateway.frozen import Frozen, Hidden


class AuthorizationRequest(Frozen):
    """Checked: the client is known, the redirect URI is its own, PKCE is S256, scopes are allowed to it."""

    client: str
    redirect_uri: str
    scope: tuple[str, ...]
    state: Hidden[str | None] = None
    nonce: Hidden[str | None] = None
    code_challenge: Hidden[str]
    response_mode: str = "query"
    prompt: frozenset[str] = frozenset()
    max_age: int | None = None  # seconds
    acr_values: tuple[str, ...] = ()
    login_hint: Hidden[str | None] = None  # a region code is understood
    ui_locales: tuple[str, ...] = ()
    claims: Hidden[Mapping[str, Mapping[str, object]]] = field(default_factory=dict)  # OIDC Core §5.5
    authorization_details: tuple[Mapping[str, object], ...] = ()  # RFC 9396
    hinted_subject: Hidden[str | None] = None  # `sub` of a verified id_token_hint
    key: str | None = None  # dpop_jkt: the key that the code will be bound to (RFC 9449 §10)
    device: str | None = None  # the device request that this answers, instead of a redirect URI (RFC 8628)
    pushed: Hidden[str | None] = None  # the reference it was pushed under, answered once


ENCODER = msgspec.json.Encoder(order="deterministic")  # sets in a stable order
DECODER = msgspec.json.Decoder(AuthorizationRequest)


def pack(request: AuthorizationRequest) -> bytes:
    """The request as bytes, to be parked (sealed: `state` and hints are nobody else's business)."""
    return ENCODER.encode(request)


def unpack(packed: bytes) -> AuthorizationRequest:
    """The request that was packed. Raises ValueError for anything else."""
    return DECODER.decode(packed)
