"""Signing out at an agency's word, and telling agencies of it (OIDC RP-Initiated Logout, OIDC Back-Channel Logout)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from urllib.parse import quote

import orjson

from gateway.oidc.client import Client
from gateway.oidc.request_checks import is_value

TYPE = "logout+jwt"  # Back-Channel Logout §2.4
EVENT = "http://schemas.openid.net/event/backchannel-logout"
TOKEN_LIVES = timedelta(minutes=2)
QUESTION_LIVES = timedelta(minutes=30)
CONTEXT = "logout_request"  # what the vault binds the seal to
LONGEST = 8192  # characters of a sealed request

FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=30), timedelta(hours=1)
TRIED_FOR = timedelta(hours=24)


@dataclass(frozen=True, slots=True, kw_only=True)
class LogoutRequest:
    """Who asks, and where the browser goes afterwards. Both may be nobody and nowhere.

    `hinted`: an ID token of ours came along, so that who asks is known; `session` is the one that it tells of.
    """

    client: str | None
    hinted: bool
    session: str | None
    return_to: str | None
    state: str | None = field(default=None, repr=False)
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
    return orjson.dumps(request)


def unpack(packed: bytes) -> LogoutRequest:
    facts: dict[str, Any] = orjson.loads(packed)
    return LogoutRequest(**facts | {"expires_at": datetime.fromisoformat(facts["expires_at"])})


class DeliveryState(StrEnum):
    WAITING = "waiting"
    DELIVERED = "delivered"
    GIVEN_UP = "given_up"


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One client to be told that one session ended. `attempts` counts those that were begun."""

    session: str
    client: str
    account: str
    state: DeliveryState
    attempts: int
    created_at: datetime
    next_at: datetime
    problem: str | None = None


def after_failure(delivery: Delivery, at: datetime) -> tuple[DeliveryState, datetime]:
    """What becomes of it: tried again after pauses that double up to an hour, given up after a day."""
    pause = min(FIRST_PAUSE * 2 ** min(delivery.attempts - 1, 10), LONGEST_PAUSE)
    over = at + pause >= delivery.created_at + TRIED_FOR
    return (DeliveryState.GIVEN_UP if over else DeliveryState.WAITING), at + pause


def token_claims(delivery: Delivery, *, issuer: str, subject: str, token_id: str, at: datetime) -> dict[str, object]:
    """The claims of a logout token (§2.4); never a nonce, so that it can pass for no ID token."""
    return {
        "iss": issuer,
        "sub": subject,
        "aud": delivery.client,
        "iat": int(at.timestamp()),
        "exp": int((at + TOKEN_LIVES).timestamp()),
        "jti": token_id,
        "sid": delivery.session,
        "events": {EVENT: {}},
    }
