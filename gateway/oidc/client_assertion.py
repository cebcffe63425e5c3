"""A client's own word that it is itself: private_key_jwt (RFC 7523 §3, OIDC Core §9, FAPI 2.0 §5.3.2.1)."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from gateway.oidc import compact_jws, numeric_date
from gateway.oidc.compact_jws import Jws, JwsRefused

TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
LONGEST = 8192  # characters
TYPES = (None, "JWT", "jwt", "client-authentication+jwt")
# FAPI 2.0 §5.3.2.1: up to 10 s in the future must be accepted, more than 60 s must not
AHEAD = timedelta(seconds=30)
CLIENT = re.compile(r"[\x21-\x7e]{1,200}")  # no id of ours holds anything else, so storage is not asked for it
LONGEST_LIFE = timedelta(minutes=10)  # so that spent `jti`s need not be kept for long


@dataclass(frozen=True, slots=True, kw_only=True)
class Assertion:
    """What a client says of itself; not yet judged. Seconds since the epoch as JSON numbers gave them."""

    claims: Mapping[str, Any] = field(repr=False)
    type: str | None

    def number(self, name: str) -> float | None:
        """A numeric date, or None if it is absent; something else there is worse than absence: not a number."""
        value = self.claims.get(name)
        return None if value is None else numeric_date.seconds(value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What the assertion must say."""

    client: str
    issuer: str
    at: datetime


Rule = Callable[[Assertion, Expected], bool]


def _not_ahead(assertion: Assertion, expected: Expected, name: str) -> bool:
    value = assertion.number(name)
    return value is None or value <= (expected.at + AHEAD).timestamp()


def _expiry(assertion: Assertion, expected: Expected) -> bool:
    value = assertion.number("exp")
    return value is not None and value > expected.at.timestamp()


def _short(assertion: Assertion, expected: Expected) -> bool:
    value = assertion.number("exp")
    return value is not None and value <= (expected.at + LONGEST_LIFE + AHEAD).timestamp()


def _has_jti(assertion: Assertion, _: Expected) -> bool:
    value = assertion.claims.get("jti")
    return isinstance(value, str) and 0 < len(value) <= 256


# First broken rule wins. Comparisons with not-a-number are false, so a malformed date breaks its rule.
RULES: dict[str, Rule] = {
    "assertion_type_header_unknown": lambda assertion, _: assertion.type in TYPES,
    "assertion_issuer_not_client": lambda assertion, expected: assertion.claims.get("iss") == expected.client,
    "assertion_subject_not_client": lambda assertion, expected: assertion.claims.get("sub") == expected.client,
    # exactly the issuer as a string: an array, or an endpoint, could be meant for somebody else as well
    "assertion_audience_not_issuer": lambda assertion, expected: assertion.claims.get("aud") == expected.issuer,
    "assertion_without_jti": _has_jti,
    "assertion_expired": _expiry,
    "assertion_lives_too_long": _short,
    "assertion_not_yet_valid": lambda assertion, expected: _not_ahead(assertion, expected, "nbf"),
    "assertion_from_the_future": lambda assertion, expected: _not_ahead(assertion, expected, "iat"),
}


def objection(assertion: Assertion, expected: Expected) -> str | None:
    """The first rule this assertion breaks, or None if it speaks for the client."""
    return next((name for name, holds in RULES.items() if not holds(assertion, expected)), None)


def read(text: str) -> tuple[Jws, Assertion]:
    """The assertion as it came, not yet to be believed: its signature is to be verified first. Raises JwsRefused."""
    jws = compact_jws.take_apart(text, longest=LONGEST)
    kind = jws.header.get("typ")
    claims = compact_jws.read_claims(jws, longest=LONGEST)
    return jws, Assertion(claims=claims, type=kind if kind is None or isinstance(kind, str) else "")


def claimed_client(assertion: Assertion) -> str:
    """Whose it says it is, in order to find the keys to check that with. Raises JwsRefused."""
    subject = assertion.claims.get("sub")
    if not isinstance(subject, str) or not CLIENT.fullmatch(subject):
        raise JwsRefused("assertion_subject_not_client")
    return subject


def expires_at(assertion: Assertion) -> datetime:
    """Until when its `jti` must be remembered; the rules have bounded it."""
    return datetime.fromtimestamp(assertion.number("exp") or 0, UTC)
