"""How surely, and how lately, a person must have signed in for a token to serve with a scope (RFC 9470)."""

from collections.abc import Callable
from datetime import datetime, timedelta

from gateway.frozen import Frozen
from gateway.identity.assurance import Level, level_of, suffices
from gateway.oidc.permission import Permission


class Requirement(Frozen):
    """`level` and `max_age` both hold where both are named."""

    level: Level | None = None
    max_age: timedelta | None = None

    @property
    def acr_values(self) -> str:
        """What a request should ask for: the level that would do, and those above (§3)."""
        return " ".join(level.acr for level in Level if self.level is not None and level >= self.level)

    @property
    def seconds(self) -> int | None:
        """`max_age` as requests write it."""
        return None if self.max_age is None else int(self.max_age.total_seconds())


Rule = Callable[[Requirement, Permission, datetime], bool]


def _young(required: Requirement, permission: Permission, at: datetime) -> bool:
    return required.max_age is None or at - permission.authenticated_at <= required.max_age


# First broken rule wins.
RULES: dict[str, Rule] = {
    "sign_in_too_weak": lambda required, permission, _: suffices(
        level_of(permission.acr) or Level.SELF_ASSERTED, required.level
    ),
    "sign_in_too_long_ago": _young,
}


def objection(required: Requirement, permission: Permission | None, at: datetime) -> str | None:
    """Why this does not do, or None if it does. Where nobody signed in, nobody did so well enough."""
    if permission is None:
        return "token_without_sign_in"
    return next((name for name, holds in RULES.items() if not holds(required, permission, at)), None)
