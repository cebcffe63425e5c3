"""What a client can ask for beyond the plain values of claims: how they were verified, and why some are withheld."""

from collections.abc import Mapping
from typing import Any

from gateway.frozen import Frozen

VERIFIED_CLAIMS = "verified_claims"  # OpenID Identity Assurance Schema §5
WITHHELD = "urn:gba:claims:withheld"  # ours: claims that were asked for and not told, each with its reason

Elements = tuple[Mapping[str, Any], ...]


class Further(Frozen):
    """For one place (ID token or userinfo). `verified` are the elements of the request.

    `explain` are the claims that were asked for, where their reasons are wanted; None where they are not.
    """

    verified: Elements = ()
    explain: tuple[str, ...] | None = None

    @classmethod
    def of(cls, facts: Mapping[str, Any] | None) -> "Further | None":
        """Read back from the JSON that it was packed as."""
        if facts is None:
            return None
        explain = facts["explain"]
        return cls(verified=tuple(facts["verified"]), explain=None if explain is None else tuple(explain))


def elements(claims: Mapping[str, Mapping[str, Any]], place: str) -> Elements:
    """The verified claims that a checked `claims` parameter asks for at one place."""
    return tuple(claims.get(place, {}).get(VERIFIED_CLAIMS, ()))


def verified_names(claims: Mapping[str, Mapping[str, Any]]) -> dict[str, bool]:
    """Every claim that is asked for as verified at either place, and whether it is essential."""
    named: dict[str, bool] = {}
    for place in ("userinfo", "id_token"):
        for element in elements(claims, place):
            for name, wish in element["claims"].items():
                essential = isinstance(wish, Mapping) and wish.get("essential") is True
                named[name] = named.get(name, False) or essential
    return named
