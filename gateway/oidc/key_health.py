"""How long a partner's keys are still good, as far as they say so: `exp` of a key, notAfter of its certificate.

RFC 7517 gives a key no end; partners write `exp` (as OpenID Federation 1.0 §5.2.1 does) or bring a certificate (`x5c`,
§4.7). An end that is near is a warning to both sides and nothing more: what a key is good for is decided by its being
in the set.
"""

import base64
import binascii
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from cryptography import x509

from gateway.frozen import Frozen
from gateway.oidc import numeric_date
from gateway.oidc.key_set import KeySet

SOON = timedelta(days=30)
LONGEST_CERTIFICATE = 16_384  # characters


class Health(StrEnum):
    GOOD = "good"
    EXPIRES_SOON = "expires_soon"
    EXPIRED = "expired"


class KeyLine(Frozen):
    """One key as its owner and an operator see it."""

    kid: str | None
    algorithm: str
    thumbprint: str  # RFC 7638, SHA-256
    expires_at: datetime | None
    health: Health


def lines(keys: KeySet, *, at: datetime) -> tuple[KeyLine, ...]:
    """Every key of a set."""
    found = []
    for key in keys.keys:
        ends = expires_at(key.jwk)
        found.append(
            KeyLine(
                kid=key.kid,
                algorithm=key.algorithm,
                thumbprint=key.thumbprint,
                expires_at=ends,
                health=_health(ends, at),
            )
        )
    return tuple(found)


def _health(ends: datetime | None, at: datetime) -> Health:
    if ends is None or ends > at + SOON:
        return Health.GOOD
    return Health.EXPIRES_SOON if ends > at else Health.EXPIRED


def expires_at(jwk: Mapping[str, object]) -> datetime | None:
    """The earlier of the two ends, or None where the key names none that can be read."""
    ends = [end for end in (_exp(jwk.get("exp")), _not_after(jwk.get("x5c"))) if end is not None]
    return min(ends, default=None)


def _exp(value: object) -> datetime | None:
    seconds = numeric_date.seconds(value)
    return datetime.fromtimestamp(seconds, UTC) if seconds > 0 else None


def _not_after(chain: object) -> datetime | None:
    """Of the first certificate, which holds the key (RFC 7517 §4.7)."""
    first = chain[0] if isinstance(chain, list) and chain else None
    if not isinstance(first, str) or len(first) > LONGEST_CERTIFICATE:
        return None
    try:
        return x509.load_der_x509_certificate(base64.b64decode(first, validate=True)).not_valid_after_utc
    except (ValueError, binascii.Error):
        return None
