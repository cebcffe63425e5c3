"""Signing out at an agency's word, and telling agencies of it (OIDC RP-Initiated Logout, OIDC Back-Channel Logout)."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from urllib.parse import quote

import msgspec

from gateway.frozen import Frozen, Hidden
from gateway.oidc import pairwise_id
from gateway.oidc.client import Client
from gateway.oidc.delivery import Delivery
from gateway.oidc.request_checks import is_value

TYPE = "logout+jwt"  # Back-Channel Logout §2.4
EVENT = "http://schemas.openid.net/event/backchannel-logout"
TOKEN_LIVES = timedelta(minutes=2)
QUESTION_LIVES = timedelta(minutes=30)
CONTEXT = "logout_request"  # what the vault binds the seal to
LONGEST = 8192  # characters of a sealed request


class LogoutRequest(Frozen):
    """Who asks, and where the browser goes afterwards. Both may be nobody and nowhere.

    `hinted`: an ID token of ours came along, so that who asks is known; `session` is the one that it tells of,
    by the id that its client was told.
    """

    client: str | None
    hinted: bool
    session: str | None
    return_to: str | None
    state: Hidden[str | None] = None
    expires_at: datetime

    @property
    def url(self) -> str | None:
        """Where to go afterwards, with the agency's `state` (RP-Initiated Logout §3)."""
        if self.return_to is None or self.state is None:
            return self.return_to
        return f"{self.return_to}{'&' if '?' in self.return_to else '?'}state={quote(self.state, safe='')}"


def objection(parameters: Mapping[str, str], client: Client | None) -> str | None:
    """Why this request cannot be followed, or None if it can."""
    uri, state = parameters.get("post_logout_redirect_uri"), parameters.get("state")
    if uri is not None and client is None:  # nobody whose address it could be
        return "post_logout_redirect_uri_of_nobody"
    if uri is not None and client is not None and uri not in client.post_logout_redirect_uris:
        return "post_logout_redirect_uri_unregistered"
    return "state_malformed" if state is not None and not is_value(state) else None


def pack(request: LogoutRequest) -> bytes:
    return msgspec.json.encode(request)


def unpack(packed: bytes) -> LogoutRequest:
    return msgspec.json.decode(packed, type=LogoutRequest)


def token_claims(delivery: Delivery, *, issuer: str, subject: str, token_id: str, at: datetime) -> dict[str, object]:
    """The claims of a logout token (§2.4); never a nonce, so that it can pass for no ID token."""
    return {
        "iss": issuer,
        "sub": subject,
        "aud": delivery.client,
        "iat": int(at.timestamp()),
        "exp": int((at + TOKEN_LIVES).timestamp()),
        "jti": token_id,
        "sid": pairwise_id.told_to(delivery.client, delivery.about),
        "events": {EVENT: {}},
    }
