"""ID tokens: what the protocol says, last; what regions vouched for, before it (OIDC Core §2)."""

import hashlib
from collections.abc import Mapping

from gateway.oidc import base64url, pairwise_id
from gateway.oidc.access_token import Minting
from gateway.oidc.grant import Grant

TYPE = "JWT"


def claims(
    grant: Grant,
    minting: Minting,
    *,
    subject: str,
    nonce: str | None,
    access_token: str,
    about_person: Mapping[str, object],
) -> dict[str, object]:
    """The claims of an ID token. Nothing about a person can stand in the place of a protocol claim."""
    permission = grant.permission
    protocol: dict[str, object] = {
        "iss": minting.issuer,
        "sub": subject,
        "aud": grant.client,
        "iat": int(minting.at.timestamp()),
        "exp": int(minting.expires_at.timestamp()),
        "auth_time": int(permission.authenticated_at.timestamp()),
        "acr": permission.acr,
        "amr": list(permission.amr),
        "sid": pairwise_id.told_to(grant.client, permission.session),
        "at_hash": left_half(access_token),
    }
    if nonce is not None:
        protocol["nonce"] = nonce
    return {**about_person, **protocol}


def left_half(value: str) -> str:
    """`at_hash`: the left half of the SHA-256 (§3.1.3.6); all our algorithms hash with SHA-256."""
    return base64url.encode(hashlib.sha256(value.encode("ascii")).digest()[:16])


def objection_to_hint(claims: Mapping[str, object], kind: object, *, issuer: str, client: str) -> str | None:
    """Why a token of ours is no hint for this client, or None if it is one (§3.1.2.1); its expiry does not matter."""
    if kind != TYPE or claims.get("iss") != issuer:
        return "id_token_hint_not_ours"
    if claims.get("aud") != client:
        return "id_token_hint_of_another_client"
    return None
