"""A request that its client signed: what must hold, and its parameters (RFC 9101, FAPI 2.0 Message Signing §5.3.1)."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

import orjson

from gateway.frozen import Frozen, Hidden
from gateway.oidc import compact_jws, numeric_date, strict_json
from gateway.oidc.compact_jws import Jws

LONGEST = 24_576  # characters
TYPES = (None, "JWT", "jwt", "oauth-authz-req+jwt")
AHEAD = timedelta(seconds=30)  # 10 s ahead must be accepted, more than 60 s must not
LONGEST_LIFE = timedelta(minutes=60)
ABOUT_THE_OBJECT = frozenset({"iss", "aud", "exp", "nbf", "iat", "jti"})
OF_JSON = frozenset({"claims", "authorization_details"})  # written as JSON, not as a text that holds JSON


class RequestObject(Frozen):
    """Verified to the signature; not yet judged."""

    claims: Hidden[Mapping[str, Any]]
    type: object

    def instant(self, name: str) -> float:
        """Not-a-number when it is absent or malformed: then every comparison is false."""
        return numeric_date.seconds(self.claims.get(name))


class Expected(Frozen):
    client: str
    issuer: str
    at: datetime


def _audience(made: RequestObject, expected: Expected) -> bool:
    told = made.claims.get("aud")
    return told == expected.issuer or (isinstance(told, list) and expected.issuer in told)


def _not_ahead(made: RequestObject, expected: Expected, name: str) -> bool:
    return made.instant(name) <= (expected.at + AHEAD).timestamp()


Rule = Callable[[RequestObject, Expected], bool]

# First broken rule wins.
RULES: dict[str, Rule] = {
    "request_object_of_another_kind": lambda made, _: made.type in TYPES,
    "request_object_of_another_client": lambda made, expected: (
        made.claims.get("iss") == expected.client == made.claims.get("client_id")
    ),
    # RFC 9101 §10.8: else it could serve as the client's assertion about itself
    "request_object_with_subject": lambda made, expected: made.claims.get("sub") != expected.client,
    "request_object_audience_not_issuer": _audience,
    "request_object_expired": lambda made, expected: made.instant("exp") > expected.at.timestamp(),
    "request_object_not_yet_valid": lambda made, expected: _not_ahead(made, expected, "nbf"),
    "request_object_too_old": lambda made, expected: made.instant("nbf") > (expected.at - LONGEST_LIFE).timestamp(),
    "request_object_lives_too_long": lambda made, _: (
        made.instant("exp") - made.instant("nbf") <= LONGEST_LIFE.total_seconds()
    ),
    "request_object_from_the_future": lambda made, expected: (
        "iat" not in made.claims or _not_ahead(made, expected, "iat")
    ),
    "request_object_nested": lambda made, _: not {"request", "request_uri"} & made.claims.keys(),  # RFC 9101 §4
    "request_object_malformed": lambda made, _: all(
        _writable(name, value) for name, value in made.claims.items() if name not in ABOUT_THE_OBJECT
    ),
}


def objection(made: RequestObject, expected: Expected) -> str | None:
    """The first rule this object breaks, or None if its parameters are the request."""
    return next((name for name, holds in RULES.items() if not holds(made, expected)), None)


def read(jws: Jws) -> RequestObject:
    """The object, once its signature holds. Raises JwsRefused."""
    return RequestObject(claims=compact_jws.read_claims(jws, longest=LONGEST), type=jws.header.get("typ"))


def parameters(made: RequestObject) -> dict[str, str]:
    """The request's parameters as a form would hold them; empty ones are as if not there."""
    told = {name: _text(value) for name, value in made.claims.items() if name not in ABOUT_THE_OBJECT}
    return {name: value for name, value in told.items() if value}


def _writable(name: str, value: Any) -> bool:
    if name in OF_JSON and isinstance(value, dict | list):
        try:
            strict_json.refuse_unwritable(value)
        except ValueError:
            return False
        return True
    if isinstance(value, str):
        return value.isprintable()
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < numeric_date.LATEST


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    return orjson.dumps(value).decode()
