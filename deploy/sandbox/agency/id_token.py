"""What must hold for an ID token before anybody is signed in (OpenID Connect Core §3.1.3.7, FAPI 2.0 §5.3.3)."""

import base64
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from joserfc import jwk, jws
from joserfc.errors import JoseError

ALGORITHMS = ("ES256", "PS256", "EdDSA")  # FAPI 2.0 §5.4.1
LEEWAY_SECONDS = 10
OLDEST_SECONDS = 600


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What this agency knows of the sign-in it began."""

    issuer: str
    client: str
    nonce: str | None  # None: a device asked, and there was none to send (RFC 8628)
    access_token: str
    at: datetime


Claims = Mapping[str, object]
Rule = Callable[[Claims, Expected], bool]


def _moment(claims: Claims, name: str) -> float | None:
    value = claims.get(name)
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _for_us(claims: Claims, expected: Expected) -> bool:
    # A second audience that we do not know is no reason to trust: refuse it (FAPI 2.0, secondary aud).
    return claims.get("aud") in (expected.client, [expected.client])


def _not_expired(claims: Claims, expected: Expected) -> bool:
    until = _moment(claims, "exp")
    return until is not None and expected.at.timestamp() < until + LEEWAY_SECONDS


def _fresh(claims: Claims, expected: Expected) -> bool:
    made = _moment(claims, "iat")
    return made is not None and -LEEWAY_SECONDS <= expected.at.timestamp() - made <= OLDEST_SECONDS


def _token_matches(claims: Claims, expected: Expected) -> bool:
    if "at_hash" not in claims:  # optional in the code flow (Core §3.1.3.6)
        return True
    half = hashlib.sha256(expected.access_token.encode()).digest()[:16]
    return claims["at_hash"] == base64.urlsafe_b64encode(half).rstrip(b"=").decode()


def _named(claims: Claims, _: Expected) -> bool:
    subject = claims.get("sub")
    return isinstance(subject, str) and 0 < len(subject) <= 255 and subject.isascii()


# First broken rule wins, in the order of Core §3.1.3.7.
RULES: dict[str, Rule] = {
    "id_token_issuer": lambda claims, expected: claims.get("iss") == expected.issuer,
    "id_token_audience": _for_us,
    "id_token_party": lambda claims, expected: claims.get("azp", expected.client) == expected.client,
    "id_token_expired": _not_expired,
    "id_token_time": _fresh,
    "id_token_nonce": lambda claims, expected: claims.get("nonce") == expected.nonce,
    "id_token_subject": _named,
    "id_token_at_hash": _token_matches,
}


def objection(claims: Claims, expected: Expected) -> str | None:
    """The first rule that the token breaks, or None."""
    return next((name for name, holds in RULES.items() if not holds(claims, expected)), None)


def named_key(token: str) -> str | None:
    """The `kid` of a token that is not believed yet. Raises ValueError when its header cannot be used."""
    try:
        header = jws.extract_compact(token.encode()).headers()
    except (JoseError, ValueError) as fault:
        raise ValueError("id_token_unreadable") from fault
    if header.get("alg") not in ALGORITHMS:
        raise ValueError("id_token_algorithm")
    kid = header.get("kid")
    if kid is not None and not isinstance(kid, str):
        raise ValueError("id_token_unreadable")
    return kid


def verified_payload(token: str, key: Mapping[str, object]) -> bytes:
    """The payload, once its signature holds under `key`. Raises ValueError."""
    allowed = [key["alg"]] if key.get("alg") in ALGORITHMS else list(ALGORITHMS)
    try:
        public = jwk.import_key(dict(key))  # type: ignore[arg-type]  # the set was read as JSON objects
        return jws.deserialize_compact(token.encode(), public, algorithms=[str(name) for name in allowed]).payload
    except (JoseError, ValueError) as fault:
        raise ValueError("id_token_signature") from fault
