"""A partner's own request to be registered, signed with the key it wants to use; nothing comes of it unapproved.

A compact JWS whose claims hold the metadata of RFC 7591 §2 with exactly one key in `jwks`: the key that signs, so that
whoever asks proves to hold it (RFC 7523 §3 is the model of `aud`, `exp` and `jti`). Who the partner is, an operator
finds out; what stands here is its own word.
"""

import hashlib
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from gateway.errors import RequestRefused
from gateway.frozen import Frozen, Hidden
from gateway.oidc import client_metadata, compact_jws, numeric_date
from gateway.oidc.client_metadata import ClientMetadata, is_plain
from gateway.oidc.compact_jws import JwsRefused
from gateway.oidc.key_set import KeySet
from gateway.oidc.public_key import KeyRefused

TYPE = "client-registration-request+jwt"
LONGEST = 32_768  # characters
LONGEST_PROSE = 2000
LONGEST_LIFE = timedelta(hours=1)  # the request may have been signed by hand, at another machine
AHEAD = timedelta(seconds=60)
KEPT = timedelta(days=90)  # after which a request is forgotten, whatever became of it
ANSWERED_WITHIN = timedelta(days=30)
LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # none that is read or heard as another
# why an operator refuses
GROUNDS = (
    "partner_not_identified",
    "purpose_not_lawful",
    "scope_too_wide",
    "incomplete",
    "duplicate",
    "keys_unsuitable",
)


class RequestState(StrEnum):
    WAITING = "waiting"
    APPROVED = "approved"
    REFUSED = "refused"
    LAPSED = "lapsed"


class Wish(Frozen):
    """What is asked for, by whom and why: the partner's own words, shown to an operator."""

    organisation: str
    region: str
    contact: Hidden[str]
    purpose: Hidden[str]
    legal_basis: Hidden[str]
    metadata: Hidden[Mapping[str, Any]]


class RegistrationRequest(Frozen):
    """`reference` is long enough that nobody finds it by trying, and short enough to be read out."""

    reference: str
    wish: Hidden[Wish | None]  # None once the request is forgotten
    thumbprint: str  # of the key that signed
    state: RequestState = RequestState.WAITING
    asked_at: datetime
    decided_at: datetime | None = None
    decided_by: str | None = None
    ground: str | None = None
    client: str | None = None


class Told(Frozen):
    """A request whose signature holds; its claims are still to be judged."""

    claims: Hidden[Mapping[str, Any]]
    type: str | None
    thumbprint: str


class Expected(Frozen):
    issuer: str
    at: datetime


def refused(reason: str) -> RequestRefused:
    return RequestRefused(reason, code="invalid_request", status=400)


def read(text: str) -> Told:
    """The request, verified with the key it brings. Raises RequestRefused."""
    try:
        jws = compact_jws.take_apart(text, longest=LONGEST)
        claims = compact_jws.read_claims(jws, longest=LONGEST)
        metadata = claims.get("client_metadata")
        keys = KeySet.read(metadata.get("jwks") if isinstance(metadata, dict) else None)
        if len(keys.keys) != 1:
            raise refused("request_needs_one_key")
        compact_jws.verify_with(jws, keys.keys[0])
    except (JwsRefused, KeyRefused) as refusal:
        raise refused(str(refusal)) from None
    kind = jws.header.get("typ")
    return Told(claims=claims, type=kind if isinstance(kind, str) else None, thumbprint=keys.keys[0].thumbprint)


def _until(told: Told, expected: Expected) -> bool:
    ends = numeric_date.seconds(told.claims.get("exp"))
    return ends > expected.at.timestamp()


def _short(told: Told, expected: Expected) -> bool:
    ends = numeric_date.seconds(told.claims.get("exp"))
    return ends <= (expected.at + LONGEST_LIFE + AHEAD).timestamp()


def _not_ahead(told: Told, expected: Expected) -> bool:
    begun = numeric_date.seconds(told.claims.get("iat"))
    return begun <= (expected.at + AHEAD).timestamp()


def _has_jti(told: Told, _: Expected) -> bool:
    value = told.claims.get("jti")
    return isinstance(value, str) and 0 < len(value) <= 256


def _prose(*names: str) -> Callable[[Told, Expected], bool]:
    def holds(told: Told, _: Expected) -> bool:
        values = [told.claims.get(name) for name in names]
        return all(isinstance(value, str) and is_plain(value, longest=LONGEST_PROSE) for value in values)

    return holds


Rule = Callable[[Told, Expected], bool]

RULES: dict[str, Rule] = {
    "registration_request_of_another_kind": lambda told, _: told.type == TYPE,
    "registration_request_for_another_audience": lambda told, expected: told.claims.get("aud") == expected.issuer,
    "registration_request_expired": _until,
    "registration_request_lives_too_long": _short,
    "registration_request_from_the_future": _not_ahead,
    "registration_request_without_jti": _has_jti,
    "organisation_missing": _prose("organisation"),
    "region_not_served": lambda told, _: told.claims.get("region") in ("HK", "MO", "CN-44"),
    "contact_missing": _prose("contact"),
    "purpose_missing": _prose("purpose"),
    "legal_basis_missing": _prose("legal_basis"),
}


def objection(told: Told, expected: Expected) -> str | None:
    """The first rule that this request breaks, or None if it may be laid before an operator."""
    return next((name for name, holds in RULES.items() if not holds(told, expected)), None)


def wish(told: Told) -> Wish:
    """What is asked for; the rules have been asked before."""
    claims = told.claims
    return Wish(
        organisation=claims["organisation"],
        region=claims["region"],
        contact=claims["contact"],
        purpose=claims["purpose"],
        legal_basis=claims["legal_basis"],
        metadata=claims["client_metadata"],
    )


def metadata(told: Wish, *, locales: tuple[str, ...]) -> ClientMetadata:
    """Its metadata, read as any registration's. Raises RequestRefused."""
    return client_metadata.read(told.metadata, locales=locales)


def reference(token: str) -> str:
    """Twenty letters in five groups, drawn from a fresh random token: a hundred bits."""
    drawn = hashlib.sha256(token.encode()).digest()[:20]
    letters = "".join(LETTERS[byte % len(LETTERS)] for byte in drawn)
    return "-".join(letters[start : start + 4] for start in range(0, 20, 4))
