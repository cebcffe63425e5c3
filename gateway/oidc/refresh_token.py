"""Refresh tokens: whom they serve, when they are replaced, and what ends them (RFC 6749 §6, FAPI 2.0 §5.3.2.1).

A refresh token stands for a grant. Where the grant's tokens are bound to a key, a stolen refresh token is of no use
and stays the same (FAPI 2.0: no rotation). Elsewhere each use replaces it, and one that comes twice ends the grant
with everything that came of it (RFC 9700 §4.14.2).
"""

from collections.abc import Callable
from datetime import datetime

from gateway.frozen import Frozen
from gateway.identity.claim import OFFLINE_ACCESS
from gateway.oidc.client import Client
from gateway.oidc.grant import Grant
from gateway.oidc.permission import Permission

GRANT_TYPE = "refresh_token"
LONGEST = 512  # characters of one that are looked at


class Attempt(Frozen):
    """What is known when one is presented. `consented`: the person still lets this client come back alone."""

    client: str
    scope: tuple[str, ...]  # asked for now; empty: all that was granted
    proved: bool  # with a proof of some key
    certified: bool = False  # over a connection with some certificate
    consented: bool
    at: datetime


def is_due(permission: Permission, client: Client) -> bool:
    """Whether a grant comes with a refresh token: asked for, agreed to by the person, open to the client (Core §11)."""
    return (
        OFFLINE_ACCESS in permission.scope and OFFLINE_ACCESS in permission.claims and GRANT_TYPE in client.grant_types
    )


def rotates(grant: Grant) -> bool:
    """Whether each use replaces it."""
    return grant.key is None and grant.certificate is None


Rule = Callable[[Grant, Attempt], bool]

# First broken rule wins. The key may be another one than at first: the client is known by what it signed (RFC 9449 §5).
RULES: dict[str, Rule] = {
    "refresh_token_of_another_client": lambda grant, attempt: grant.client == attempt.client,
    "refresh_token_expired": lambda grant, attempt: attempt.at < grant.expires_at,
    "proof_missing": lambda grant, attempt: grant.key is None or attempt.proved,
    "certificate_missing": lambda grant, attempt: grant.certificate is None or attempt.certified,  # RFC 8705 §4
    "scope_wider_than_granted": lambda grant, attempt: set(attempt.scope) <= set(grant.permission.scope),  # §6
    "consent_ended": lambda _, attempt: attempt.consented,
}
# What the standard calls them (RFC 6749 §5.2, RFC 9449 §5); all others are `invalid_grant`.
CODES = {
    "proof_missing": "invalid_dpop_proof",
    "certificate_missing": "invalid_request",
    "scope_wider_than_granted": "invalid_scope",
}


def objection(grant: Grant, attempt: Attempt) -> str | None:
    """The first rule this attempt breaks, or None if it gets new tokens."""
    return next((name for name, holds in RULES.items() if not holds(grant, attempt)), None)
