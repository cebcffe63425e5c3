"""A client's own word that it is itself: private_key_jwt (RFC 7523 §3, OIDC Core §9, FAPI 2.0 §5.3.2.1)."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from gateway.frozen import Frozen, Hidden
from gateway.oidc import compact_jws, numeric_date
from gateway.oidc.compact_jws import Jws, JwsRefused

TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
LONGEST = 8192  # characters
TYPES = (None, "JWT", "jwt", "client-authentication+jwt")
CLIENT = re.compile(r"[\x21-\x7e]{1,200}")  # no id of ours holds anything else, so storage is not asked for it
# in seconds
AHEAD = 30.0  # FAPI 2.0 §5.3.2.1: up to 10 s in the future must be accepted, more than 60 s must not
LONGEST_LIFE = 600.0  # so that spent `jti`s need not be kept for long


class Assertion(Frozen):
    """What a client says of itself; not yet judged. Instants are seconds since the epoch, and not-a-number where they
    are malformed, with which every comparison is false.
    """

    claims: Hidden[Mapping[str, Any]]
    type: str | None
    expires: float
    not_before: float
    issued: float

    @classmethod
    def of(cls, claims: Mapping[str, Any], kind: str | None) -> "Assertion":
        """These claims, with the `typ` of their header. What need not be said, when it began, was long ago."""
        begun, issued = claims.get("nbf"), claims.get("iat")
        return cls(
            claims=claims,
            type=kind,
            expires=numeric_date.seconds(claims.get("exp")),
            not_before=numeric_date.seconds(0 if begun is None else begun),
            issued=numeric_date.seconds(0 if issued is None else issued),
        )


class Expected(Frozen):
    """What the assertion must say. `now` is in seconds since the epoch."""

    client: str
    issuer: str
    now: float


Rule = Callable[[Assertion, Expected], bool]


def _has_jti(assertion: Assertion, _: Expected) -> bool:
    value = assertion.claims.get("jti")
    return isinstance(value, str) and 0 < len(value) <= 256


# First broken rule wins.
RULES: dict[str, Rule] = {
    "assertion_type_header_unknown": lambda assertion, _: assertion.type in TYPES,
    "assertion_issuer_not_client": lambda assertion, expected: assertion.claims.get("iss") == expected.client,
    "assertion_subject_not_client": lambda assertion, expected: assertion.claims.get("sub") == expected.client,
    # exactly the issuer as a string: an array, or an endpoint, could be meant for somebody else as well
    "assertion_audience_not_issuer": lambda assertion, expected: assertion.claims.get("aud") == expected.issuer,
    "assertion_without_jti": _has_jti,
    "assertion_expired": lambda assertion, expected: assertion.expires > expected.now,
    "assertion_lives_too_long": lambda assertion, expected: assertion.expires <= expected.now + LONGEST_LIFE + AHEAD,
    "assertion_not_yet_valid": lambda assertion, expected: assertion.not_before <= expected.now + AHEAD,
    "assertion_from_the_future": lambda assertion, expected: assertion.issued <= expected.now + AHEAD,
}


def objection(assertion: Assertion, expected: Expected) -> str | None:
    """The first rule this assertion breaks, or None if it speaks for the client."""
    for name, holds in RULES.items():
        if not holds(assertion, expected):
            return name
    return None


def read(text: str) -> tuple[Jws, Assertion]:
    """The assertion as it came, not yet to be believed: its signature is to be verified first. Raises JwsRefused."""
    jws = compact_jws.take_apart(text, longest=LONGEST)
    kind = jws.header.get("typ")
    claims = compact_jws.read_claims(jws, longest=LONGEST)
    return jws, Assertion.of(claims, kind if kind is None or isinstance(kind, str) else "")


def claimed_client(assertion: Assertion) -> str:
    """Whose it says it is, in order to find the keys to check that with. Raises JwsRefused."""
    subject = assertion.claims.get("sub")
    if not isinstance(subject, str) or not CLIENT.fullmatch(subject):
        raise JwsRefused("assertion_subject_not_client")
    return subject


def expires_at(assertion: Assertion) -> datetime:
    """Until when its `jti` must be remembered; the rules have bounded it."""
    return datetime.fromtimestamp(assertion.expires, UTC)
