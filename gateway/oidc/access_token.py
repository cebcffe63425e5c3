"""Access tokens as JWTs (RFC 9068): what they say, and what makes one of ours acceptable."""

from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from typing import Any

from gateway.frozen import Frozen, Hidden
from gateway.oidc.grant import Grant

TYPE = "at+jwt"
LONGEST = 8192  # characters
OF_ANOTHER = ("token_of_another_kind", "token_of_another_issuer")  # what our keys sign, and is none of these tokens


class AccessToken(Frozen):
    """A verified access token. `grant` is None when a client acts for itself. `key` binds it to a proof."""

    id: Hidden[str]
    client: str
    subject: Hidden[str]
    scope: tuple[str, ...]
    audience: str
    grant: Hidden[str | None]
    key: Hidden[str | None]
    certificate: Hidden[str | None] = None  # binds it to a connection (RFC 8705 §3)
    issued_at: datetime
    expires_at: datetime
    authorization_details: Hidden[tuple[Mapping[str, Any], ...]] = ()
    actor: str | None = None  # the client that calls for the person at the audience (RFC 8693 §4.1)


class Minting(Frozen):
    """What is the same for every token of one answer."""

    id: Hidden[str]
    issuer: str
    at: datetime
    expires_at: datetime


def for_person(grant: Grant, minting: Minting, *, subject: str) -> dict[str, object]:
    """The claims of a token that stands for a person's permission (RFC 9068 §2.2)."""
    permission = grant.permission
    claims = _common(minting, subject=subject, client=grant.client, scope=permission.scope)
    claims |= bound_to(grant.key, grant.certificate)
    claims |= {
        "grant": grant.id,
        "acr": permission.acr,
        "auth_time": int(permission.authenticated_at.timestamp()),
    }
    if permission.authorization_details:
        claims["authorization_details"] = [dict(detail) for detail in permission.authorization_details]
    return claims


def for_client(
    client: str, minting: Minting, *, scope: tuple[str, ...], key: str | None, certificate: str | None = None
) -> dict[str, object]:
    """The claims of a token with which a client acts for itself: it is its own subject (RFC 9068 §2.2)."""
    return _common(minting, subject=client, client=client, scope=scope) | bound_to(key, certificate)


def bound_to(key: str | None, certificate: str | None) -> dict[str, object]:
    """`cnf`: what must be shown along with the token (RFC 9449 §6.1, RFC 8705 §3.1); nothing for a bearer's."""
    told = {"jkt": key, "x5t#S256": certificate}
    confirmation = {name: value for name, value in told.items() if value is not None}
    return {"cnf": confirmation} if confirmation else {}


def _common(minting: Minting, *, subject: str, client: str, scope: tuple[str, ...]) -> dict[str, object]:
    return {
        "iss": minting.issuer,
        "aud": minting.issuer,
        "sub": subject,
        "client_id": client,
        "jti": minting.id,
        "iat": int(minting.at.timestamp()),
        "exp": int(minting.expires_at.timestamp()),
        "scope": " ".join(scope),
    }


def objection_to_kind(claims: Mapping[str, Any], kind: object, *, issuer: str) -> str | None:
    """Why these claims under our signature, with the `typ` of their header, are no access token of this issuer's."""
    if kind != TYPE:  # RFC 9068 §4: never an ID token
        return "token_of_another_kind"
    if claims.get("iss") != issuer:
        return "token_of_another_issuer"
    return None


def objection(token: AccessToken, *, audiences: Collection[str | None], at: datetime) -> str | None:
    """Why a token of ours does not serve here and now, or None if it does. It may have been ended since."""
    if token.audience not in audiences:
        return "token_for_another_audience"
    return None if at < token.expires_at else "token_expired"


def read(claims: Mapping[str, Any]) -> AccessToken:
    """The token that these claims of ours describe."""
    return AccessToken(
        id=claims["jti"],
        client=claims["client_id"],
        subject=claims["sub"],
        scope=tuple(claims["scope"].split(" ")) if claims["scope"] else (),
        audience=claims["aud"],
        grant=claims.get("grant"),
        key=claims.get("cnf", {}).get("jkt"),
        certificate=claims.get("cnf", {}).get("x5t#S256"),
        issued_at=datetime.fromtimestamp(claims["iat"], UTC),
        expires_at=datetime.fromtimestamp(claims["exp"], UTC),
        authorization_details=tuple(claims.get("authorization_details", ())),
        actor=claims.get("act", {}).get("sub"),
    )
