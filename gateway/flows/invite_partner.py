"""Invite a partner to register clients of its own: an operator's act, bounded in what, how often and how long."""

import hashlib
import re
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import urlsplit

from gateway.errors import NotFound
from gateway.flows.enrol_client import EnrolmentRefused
from gateway.frozen import Frozen, Hidden
from gateway.oidc.enrolment import GRANT_TYPES, ID, LOOPBACK
from gateway.oidc.invitation import Invitation, Reach
from gateway.oidc.offer import Offer
from gateway.ports.clock import Clock
from gateway.ports.residents import AuditEvent
from gateway.ports.tokens import NewToken
from gateway.ports.work import OpenWork, Work

HOST = re.compile(r"(?=.{1,253}\Z)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*")
REGIONS = frozenset({"HK", "MO", "CN-44"})
MOST_USES, LONGEST = 100, timedelta(days=90)


class Invited(Frozen):
    """The token is shown this once; what is stored is its digest."""

    invitation: Invitation
    token: Hidden[str]


class Asked(Frozen):
    reach: Reach
    uses: int
    lifetime: timedelta


Rule = Callable[[Asked, Offer], bool]


def _hosts(asked: Asked, offer: Offer) -> bool:
    """Names, never patterns; this machine only where the gateway itself is on it."""
    local = urlsplit(offer.issuer).hostname in LOOPBACK
    return all((local or host not in LOOPBACK) and HOST.fullmatch(host) for host in asked.reach.hosts)


RULES: dict[str, Rule] = {
    "agency_missing": lambda asked, _: ID.fullmatch(asked.reach.agency) is not None,
    "region_not_served": lambda asked, _: asked.reach.region in REGIONS,
    "host_malformed": _hosts,
    "host_missing": lambda asked, _: bool(asked.reach.hosts) or "authorization_code" not in asked.reach.grant_types,
    "scope_unknown": lambda asked, offer: asked.reach.scopes <= offer.scope_claims.keys() | set(offer.machine_scopes),
    "grant_type_unknown": lambda asked, _: bool(asked.reach.grant_types) and asked.reach.grant_types <= GRANT_TYPES,
    "detail_type_unknown": lambda asked, offer: asked.reach.detail_types <= set(offer.detail_types),
    "check_without_purpose": lambda asked, _: not asked.reach.detail_types or bool(asked.reach.check_purposes),
    "uses_out_of_bounds": lambda asked, _: 1 <= asked.uses <= MOST_USES,
    "lifetime_out_of_bounds": lambda asked, _: timedelta(minutes=1) <= asked.lifetime <= LONGEST,
}


def digest(token: str) -> str:
    """What is stored of a token: enough to recognise it, useless to present."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


class InvitePartner(Frozen):
    offer: Offer
    open_work: OpenWork
    new_token: NewToken
    clock: Clock

    def __call__(self, reach: Reach, *, uses: int, lifetime: timedelta, operator: str) -> Invited:
        """The invitation with its token. Raises EnrolmentRefused with everything that is wrong."""
        asked = Asked(reach=reach, uses=uses, lifetime=lifetime)
        if reasons := tuple(name for name, holds in RULES.items() if not holds(asked, self.offer)):
            raise EnrolmentRefused(reasons)
        at, token = self.clock(), self.new_token()
        invitation = Invitation(
            id=self.new_token()[:22],
            reach=reach,
            uses=uses,
            created_at=at,
            created_by=operator,
            expires_at=at + lifetime,
        )
        with self.open_work(write=True) as work:
            work.invitations.add(invitation, digest=digest(token))
            self._tell(work, invitation.id, reach.agency, operator, "invitation.made")
            work.commit()
        return Invited(invitation=invitation, token=token)

    def withdraw(self, invitation: str, *, operator: str) -> None:
        """It serves for no further registration. Raises NotFound."""
        with self.open_work(write=True) as work:
            if not work.invitations.withdraw(invitation, at=self.clock()):
                raise NotFound("invitation_unknown")
            self._tell(work, invitation, None, operator, "invitation.withdrawn")
            work.commit()

    def _tell(self, work: Work, invitation: str, agency: str | None, operator: str, kind: str) -> None:
        subjects = (invitation,) if agency is None else (invitation, agency)
        work.audit.record(AuditEvent(kind=kind, at=self.clock(), actor=operator, subjects=subjects))
