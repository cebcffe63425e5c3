"""Exchanging a token: one agency's system calls another's for the same person (RFC 8693).

What comes of it names the person as the other agency knows them, says who calls (`act`), serves at the other agency
alone, and only where the person agreed to both. It cannot be exchanged again.
"""

from collections.abc import Callable, Mapping
from datetime import timedelta

from gateway.frozen import Frozen, Hidden
from gateway.identity.claim import OFFLINE_ACCESS
from gateway.oidc.access_token import AccessToken
from gateway.oidc.client import Client

GRANT_TYPE = "urn:ietf:params:oauth:grant-type:token-exchange"
ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token"  # noqa: S105 - a name, not a secret
LIFETIME = timedelta(minutes=5)
GRANT = "exchanged_token"  # what the vault binds the grant's id to, which each token names anew


class Attempt(Frozen):
    """Who exchanges which token for whom. `target` is None where there is no such client that may act."""

    form: Hidden[Mapping[str, str]]
    caller: Client
    key: str | None  # of the proof that came along
    certificate: str | None  # of the connection
    token: AccessToken
    target: Client | None
    scope: tuple[str, ...]
    consented: bool  # the person agreed to be known to the target


def _target(attempt: Attempt) -> bool:
    return attempt.target is not None and attempt.target.id in attempt.caller.may_call


Rule = Callable[[Attempt], bool]

# First broken rule wins.
RULES: dict[str, Rule] = {
    "subject_token_type_unknown": lambda attempt: attempt.form.get("subject_token_type") == ACCESS_TOKEN,
    "requested_token_type_unknown": lambda attempt: (
        attempt.form.get("requested_token_type", ACCESS_TOKEN) == ACCESS_TOKEN
    ),
    "actor_token_refused": lambda attempt: "actor_token" not in attempt.form,  # the caller itself is the actor
    "subject_token_of_another_client": lambda attempt: attempt.token.client == attempt.caller.id,
    "subject_token_without_person": lambda attempt: attempt.token.grant is not None,
    "token_of_another_key": lambda attempt: attempt.token.key is None or attempt.token.key == attempt.key,
    "token_of_another_certificate": lambda attempt: attempt.token.certificate in (None, attempt.certificate),
    "scope_wider_than_granted": lambda attempt: set(attempt.scope) <= set(attempt.token.scope),
    "audience_not_allowed": _target,
    "consent_missing_at_audience": lambda attempt: attempt.consented,
}
# What the standards call them (§2.2.2, RFC 9449 §5); all others are `invalid_request`.
CODES = {
    "token_of_another_key": "invalid_dpop_proof",
    "scope_wider_than_granted": "invalid_scope",
    "audience_not_allowed": "invalid_target",
    "consent_missing_at_audience": "invalid_target",
}


def objection(attempt: Attempt) -> str | None:
    """The first rule this attempt breaks, or None if it gets its token."""
    return next((name for name, holds in RULES.items() if not holds(attempt)), None)


def scope_of(attempt: Attempt) -> tuple[str, ...]:
    """What was asked for, or all of the token's; coming back alone is nobody's but the first client's."""
    return tuple(name for name in attempt.scope or attempt.token.scope if name != OFFLINE_ACCESS)
