"""What a person has allowed in one sign-in: the seam between the person's steps and the tokens."""

from collections.abc import Mapping
from datetime import datetime

from gateway.frozen import Frozen


class Permission(Frozen):
    """Everything a grant needs to know of the person; the claims' values are released later, when asked for."""

    account: str
    session: str  # `sid` is made of it for each client (pairwise_id.py)
    home: str  # ISO 3166 code of the region signed in with
    acr: str
    amr: tuple[str, ...]
    authenticated_at: datetime
    scope: tuple[str, ...]  # granted, a subset of what was asked
    claims: tuple[str, ...]  # names of claims consented to
    consent: str | None  # id of the consent record behind `claims`
    authorization_details: tuple[Mapping[str, object], ...] = ()  # as granted (RFC 9396 §7), checks with outcome
