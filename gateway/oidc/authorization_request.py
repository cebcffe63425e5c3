"""An authorization request that has passed every check, as a value that can be parked."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import msgspec
import orjson


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
    hinted_subject: str | None = field(default=None, repr=False)  # `sub` of a verified id_token_hint
    key: str | None = None  # dpop_jkt: the key that the code will be bound to (RFC 9449 §10)
    device: str | None = None  # the device request that this answers, instead of a redirect URI (RFC 8628)
    pushed: str | None = field(default=None, repr=False)  # the reference it was pushed under, answered once


DECODER = msgspec.json.Decoder(AuthorizationRequest)


def pack(request: AuthorizationRequest) -> bytes:
    """The request as bytes, to be parked (sealed: `state` and hints are nobody else's business)."""
    return orjson.dumps(request, default=sorted)  # frozensets, in a stable order


def unpack(packed: bytes) -> AuthorizationRequest:
    """The request that was packed. Raises ValueError for anything else."""
    return DECODER.decode(packed)
