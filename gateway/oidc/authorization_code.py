"""An authorization code and the rules for exchanging it (RFC 6749 §4.1.3).

A code carries its own facts, sealed by the vault; nothing is stored when it is issued. It is redeemed by keeping
the grant under the code's id, which one statement lets happen once.
"""

from collections.abc import Callable
from datetime import datetime

import msgspec

from gateway.frozen import Frozen, Hidden
from gateway.identity.further import Further
from gateway.oidc import pkce
from gateway.oidc.permission import Permission

CONTEXT = "authorization_code"  # what the vault binds the seal to
LONGEST = 8192  # characters of a code that are looked at


class AuthorizationCode(Frozen):
    """`id` becomes the id of the grant. `key` is the thumbprint from `dpop_jkt`, if the request bound the code."""

    id: str
    client: str
    redirect_uri: str
    challenge: Hidden[str]
    nonce: Hidden[str | None] = None
    permission: Permission
    id_token_claims: tuple[str, ...] = ()
    userinfo_claims: tuple[str, ...] = ()
    id_token_further: Further | None = None
    userinfo_further: Further | None = None
    key: str | None = None
    expires_at: datetime


class Attempt(Frozen):
    """What a client presents with a code. `key` is the thumbprint of its proof at the token endpoint, if any."""

    client: str
    redirect_uri: str
    verifier: Hidden[str]
    key: str | None = None
    at: datetime


DECODER = msgspec.json.Decoder(AuthorizationCode)

Rule = Callable[[AuthorizationCode, Attempt], bool]

# First broken rule wins, so the cheapest and most telling come first.
RULES: dict[str, Rule] = {
    "code_of_another_client": lambda code, attempt: code.client == attempt.client,
    "code_expired": lambda code, attempt: attempt.at < code.expires_at,
    "redirect_changed": lambda code, attempt: code.redirect_uri == attempt.redirect_uri,
    "verifier_wrong": lambda code, attempt: pkce.proves(attempt.verifier, code.challenge),
    "key_changed": lambda code, attempt: code.key is None or code.key == attempt.key,  # RFC 9449 §10
}


def objection(code: AuthorizationCode, attempt: Attempt) -> str | None:
    """The first rule this attempt breaks, or None if the code may be exchanged."""
    for name, holds in RULES.items():
        if not holds(code, attempt):
            return name
    return None


def pack(code: AuthorizationCode) -> bytes:
    """The code's facts as bytes, to be sealed."""
    return msgspec.json.encode(code)


def unpack(packed: bytes) -> AuthorizationCode:
    """The code that was packed. Raises ValueError for anything else."""
    return DECODER.decode(packed)
