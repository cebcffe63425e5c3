"""A device asks for a person to sign in on another one: kiosks and counters (RFC 8628).

The device holds `device_code`; the person reads `user_code` from its screen and types it on their own phone.
"""

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum

from gateway.errors import RequestRefused
from gateway.frozen import Frozen, Hidden
from gateway.oidc.authorization_request import AuthorizationRequest
from gateway.oidc.authorization_response import AuthorizationResponse

GRANT_TYPE = "urn:ietf:params:oauth:grant-type:device_code"
PATH = "/oauth/device_authorization"
PAGE = "/device"
LONGEST = 512  # characters of a device code that are looked at

# §6.1: no vowels, so no words; nothing that looks like another letter or a digit
ALPHABET = "BCDFGHJKLMNPQRSTVWXZ"
LENGTH = 8  # 34 bits: enough for minutes, where guesses are counted (§5.1)
SEPARATORS = frozenset(" -\u2010\u2011\u2012\u2013\u2014_.")
LONGEST_TYPED = 40
LONGEST_PLACE = 80
SLOWER_BY = 5  # seconds (§3.5)

# Guesses (§5.1): of one browser, of all together, and how often one code may be looked up by whoever has it.
GUESSES, GUESS_WINDOW = 5, timedelta(minutes=10)
GUESSES_OF_ALL, WINDOW_OF_ALL = 120, timedelta(minutes=1)
MOST_LOOKS = 20


class State(StrEnum):
    WAITING = "waiting"
    ALLOWED = "allowed"
    REFUSED = "refused"


class DeviceRequest(Frozen):
    """What a device asked for. `id` is the hash of its code; `answer` a sealed authorization code that never travels.

    `place` says in the agency's words where the device stands; `browser` (a hash) took the request on.
    """

    id: str
    request: AuthorizationRequest
    place: str | None
    state: State = State.WAITING
    answer: Hidden[str | None] = None
    browser: Hidden[str | None] = None
    looks: int = 0
    interval: int  # seconds
    polled_at: datetime | None = None
    asked_at: datetime
    expires_at: datetime


class Poll(Frozen):
    """A device comes for its answer."""

    client: str
    key: str | None
    at: datetime


def _slowly(asked: DeviceRequest, poll: Poll) -> bool:
    return asked.polled_at is None or poll.at >= asked.polled_at + timedelta(seconds=asked.interval)


Rule = Callable[[DeviceRequest, Poll], bool]

# First broken rule wins.
RULES: dict[str, Rule] = {
    "device_code_of_another_client": lambda asked, poll: asked.request.client == poll.client,
    "device_key_changed": lambda asked, poll: asked.request.key in (None, poll.key),  # as RFC 9449 §10 for codes
    "device_code_expired": lambda asked, poll: poll.at < asked.expires_at,
    "device_refused": lambda asked, _: asked.state is not State.REFUSED,
    "device_polls_too_often": lambda asked, poll: asked.state is not State.WAITING or _slowly(asked, poll),
    "device_answer_pending": lambda asked, _: asked.state is State.ALLOWED,
}
# What the standard calls them (§3.5); all others are `invalid_grant`.
CODES = {
    "device_code_expired": "expired_token",
    "device_refused": "access_denied",
    "device_polls_too_often": "slow_down",
    "device_answer_pending": "authorization_pending",
}


def objection(asked: DeviceRequest, poll: Poll) -> str | None:
    """Why there is no answer for this poll, or None if there is one."""
    return next((name for name, holds in RULES.items() if not holds(asked, poll)), None)


def identify(device_code: str) -> str:
    """What is stored of a device code."""
    return hashlib.sha256(device_code[:LONGEST].encode()).hexdigest()


def user_code(token: str) -> str:
    """A code for people, drawn from a token with at least as much randomness."""
    number = int.from_bytes(hashlib.sha256(token.encode()).digest(), "big")
    letters = []
    for _ in range(LENGTH):
        number, letter = divmod(number, len(ALPHABET))
        letters.append(ALPHABET[letter])
    return "".join(letters)


def shown(code: str) -> str:
    """As screens and pages write it: two halves."""
    return f"{code[: LENGTH // 2]}-{code[LENGTH // 2 :]}"


def typed(text: str) -> str | None:
    """The code that somebody typed, however they grouped it, or None where it can be none."""
    if len(text) > LONGEST_TYPED:
        return None
    letters = "".join(letter for letter in text.upper() if letter not in SEPARATORS)
    return letters if len(letters) == LENGTH and set(letters) <= set(ALPHABET) else None


def place(text: str | None) -> str | None:
    """Where the device stands, as its agency says; read by people, so plain and short. Raises RequestRefused."""
    if text is None:
        return None
    if len(text) > LONGEST_PLACE or not text.isprintable() or "://" in text or text != text.strip():
        raise RequestRefused("device_location_malformed")
    return text


def told(request: AuthorizationRequest, outcome: str) -> AuthorizationResponse:
    """What the person's browser is shown, once the device has its answer: a page of ours."""
    return AuthorizationResponse(redirect_uri=request.redirect_uri, mode="query", parameters=(("outcome", outcome),))
