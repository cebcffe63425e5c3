"""The claims an agency can be told, and how each is read out of what a binding keeps.

A claim belongs to a scope, is held by one side (which decides where it travels from), and is sensitive or not.
"""

from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from types import MappingProxyType

from gateway.frozen import Frozen
from gateway.identity.assertion import Sex
from gateway.identity.binding import Profile
from gateway.identity.document import Document
from gateway.identity.further import verified_names


class Holder(StrEnum):
    """On whose word a claim is told."""

    HOME = "home"
    GUANGDONG = "guangdong"


class Claim(Frozen):
    name: str
    scope: str
    holder: Holder | None  # None: a permission rather than a fact, which travels nowhere
    sensitive: bool = False  # PIPL 28: asked for more carefully, shown as such
    verifiable: bool = True  # can be told as verified, if its holder says so
    value: Callable[[Profile], object | None]


VERIFICATION = "verification"
VERIFICATION_SCOPE = "verified_claims"  # what a client must be allowed to be told verified claims at all


def _sex(profile: Profile) -> str | None:
    # OIDC Core §5.1 names the two words
    return {Sex.FEMALE: "female", Sex.MALE: "male", None: None}[profile.home.sex]


def _document(document: Document | None) -> dict[str, str] | None:
    return None if document is None else {"type": document.type.value, "number": document.number}


CLAIMS: Mapping[str, Claim] = MappingProxyType(
    {
        claim.name: claim
        for claim in (
            Claim(name="name", scope="profile", holder=Holder.HOME, value=lambda kept: kept.home.latin_name),
            Claim(
                name="chinese_name",
                scope="profile",
                holder=Holder.HOME,
                value=lambda kept: kept.home.chinese_name.text if kept.home.chinese_name else None,
            ),
            Claim(
                name="birthdate",
                scope="profile",
                holder=Holder.HOME,
                value=lambda kept: kept.home.birth_date.isoformat() if kept.home.birth_date else None,
            ),
            Claim(name="gender", scope="profile", holder=Holder.HOME, value=_sex),
            Claim(
                name="travel_document",
                scope="travel_document",
                holder=Holder.GUANGDONG,
                sensitive=True,
                value=lambda kept: _document(kept.travel_document),
            ),
            Claim(
                name="home_document",
                scope="home_document",
                holder=Holder.HOME,
                sensitive=True,
                value=lambda kept: _document(next(iter(kept.home.documents), None)),
            ),
            # Not a value but how values were verified: told inside `verified_claims`, and only with this consent,
            # since it says which region somebody is from and which kind of document they hold.
            Claim(
                name=VERIFICATION, scope=VERIFICATION_SCOPE, holder=Holder.HOME, verifiable=False, value=lambda _: None
            ),
        )
    }
)
# Permissions are asked for like claims and stand in the same record, but nothing is told by them.
OFFLINE_ACCESS = "offline_access"  # OIDC Core §11: the agency may come back when the person is not there
PERMISSIONS: Mapping[str, Claim] = MappingProxyType(
    {OFFLINE_ACCESS: Claim(name=OFFLINE_ACCESS, scope=OFFLINE_ACCESS, holder=None, value=lambda _: None)}
)
ASKABLE: Mapping[str, Claim] = MappingProxyType({**CLAIMS, **PERMISSIONS})
# What a provider's discovery document and its offer say of scopes.
SCOPE_CLAIMS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        scope: tuple(claim.name for claim in CLAIMS.values() if claim.scope == scope)
        for scope in dict.fromkeys(claim.scope for claim in ASKABLE.values())
    }
)


def requested(
    scope: Iterable[str], claims: Mapping[str, Mapping[str, object]], *, allowed: frozenset[str]
) -> dict[str, bool]:
    """The claims this request asks for, and whether each is essential (OIDC Core §5.4, §5.5).

    `allowed` are the client's scopes: a claim named one by one needs the same permission as its scope. Unknown claims
    are left out, as the standard says. A permission is asked for by its scope alone, and is never essential. Whoever
    asks for verified claims asks for how they were verified as well, and as urgently.
    """
    granted = allowed.intersection(scope)
    asked = {name: False for name, claim in ASKABLE.items() if claim.scope in granted}
    for place in ("userinfo", "id_token"):
        for name, wish in claims.get(place, {}).items():
            if name in CLAIMS and CLAIMS[name].scope in allowed:
                essential = isinstance(wish, Mapping) and wish.get("essential") is True
                asked[name] = asked.get(name, False) or essential
    if VERIFICATION_SCOPE in allowed:
        verified = verified_names(claims)
        for name, essential in verified.items():
            if name in CLAIMS and CLAIMS[name].verifiable and CLAIMS[name].scope in allowed:
                asked[name] = asked.get(name, False) or essential
                asked[VERIFICATION] = asked.get(VERIFICATION, False) or essential
    return {name: asked[name] for name in ASKABLE if name in asked}


def values(profile: Profile, names: Iterable[str]) -> dict[str, object]:
    """What is known of these claims; a claim without a value is left out."""
    found = [(name, CLAIMS[name].value(profile)) for name in names if name in CLAIMS]
    return {name: value for name, value in found if value is not None}
