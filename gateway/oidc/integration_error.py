"""What was wrong with a partner's request, for the partner to read: slugs and clauses, nothing of a person."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from gateway.frozen import Frozen
from gateway.oidc.clauses import CLAUSES, CODES


class Sureness(StrEnum):
    """Whether the partner itself made the request, or somebody who names it."""

    AUTHENTICATED = "authenticated"  # it was signed with a key of the partner's, or carried its token
    CLAIMED = "claimed"  # the request said so, which anyone can


class Ring(Frozen):
    """How much is kept of one client: so many, for so long, and no more than so many new ones a minute."""

    kept: int
    per_minute: int


# What strangers can cause has a small room of its own, so that they push nothing of the partner's out.
RINGS: Mapping[Sureness, Ring] = {
    Sureness.AUTHENTICATED: Ring(kept=200, per_minute=120),
    Sureness.CLAIMED: Ring(kept=30, per_minute=10),
}
MEMORY = timedelta(days=7)


class IntegrationError(Frozen):
    """One refusal. `endpoint` is a method and a route, never the address that was called."""

    client: str
    sureness: Sureness
    at: datetime
    endpoint: str
    status: int
    code: str  # the standard's error code, or the problem's type
    reason: str
    incident: str

    @property
    def clause(self) -> str:
        """The clause of the standard that the request broke."""
        return clause(self.reason, self.code)


def clause(reason: str, code: str) -> str:
    """By the reason; for one without an entry of its own, the clause that defines the error code."""
    return CLAUSES.get(reason) or CODES.get(code, "RFC 9110 §15.5")
