"""What must hold for an ID token of an upstream provider (OpenID Connect Core §3.1.3.7). Pure."""

import hashlib
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from gateway.frozen import Frozen, Hidden
from gateway.oidc import base64url
from gateway.regions.values import moment

Claims = Mapping[str, object]
OLDEST = timedelta(minutes=10)  # since it was issued
LONGEST_SUBJECT = 255


class Expected(Frozen):
    """What we know of the sign-in we began."""

    issuer: str
    client_id: str
    nonce: Hidden[str]
    access_token: Hidden[str]
    at: datetime
    leeway: timedelta
    authenticated_since: datetime | None = None  # where the request said how old a sign-in may be (max_age)


def _audience(claims: Claims, expected: Expected) -> bool:
    # a second audience that we do not know is no reason to trust (Core §3.1.3.7, step 3)
    return claims.get("aud") in (expected.client_id, [expected.client_id])


def _not_expired(claims: Claims, expected: Expected) -> bool:
    until = moment(claims, "exp")
    return until is not None and expected.at.timestamp() < until + expected.leeway.total_seconds()


def _issued_now(claims: Claims, expected: Expected) -> bool:
    made, leeway = moment(claims, "iat"), expected.leeway.total_seconds()
    return made is not None and -leeway <= expected.at.timestamp() - made <= OLDEST.total_seconds()


def _subject(claims: Claims, _: Expected) -> bool:
    subject = claims.get("sub")
    return isinstance(subject, str) and 0 < len(subject) <= LONGEST_SUBJECT and subject.isascii()


def _token_hash(claims: Claims, expected: Expected) -> bool:
    if "at_hash" not in claims:  # optional in the code flow (Core §3.1.3.6)
        return True
    half = hashlib.sha256(expected.access_token.encode()).digest()[:16]
    return claims["at_hash"] == base64url.encode(half)


def _fresh(claims: Claims, expected: Expected) -> bool:
    if expected.authenticated_since is None:
        return True
    at = moment(claims, "auth_time")
    return at is not None and at >= expected.authenticated_since.timestamp() - expected.leeway.total_seconds()


# First broken rule wins, in the order of Core §3.1.3.7.
RULES: dict[str, Callable[[Claims, Expected], bool]] = {
    "issuer_wrong": lambda claims, expected: claims.get("iss") == expected.issuer,
    "audience_wrong": _audience,
    "party_wrong": lambda claims, expected: claims.get("azp", expected.client_id) == expected.client_id,
    "assertion_expired": _not_expired,
    "issued_at_wrong": _issued_now,
    "nonce_wrong": lambda claims, expected: claims.get("nonce") == expected.nonce,
    "subject_missing": _subject,
    "token_hash_wrong": _token_hash,
    "authentication_stale": _fresh,
}


def objection(claims: Claims, expected: Expected) -> str | None:
    """The first rule that the token breaks, or None."""
    return next((name for name, holds in RULES.items() if not holds(claims, expected)), None)
