"""Let a partner's engineer look at the partner's own page: a link got with the client's key, followed once."""

from datetime import timedelta

from gateway.errors import NotFound
from gateway.flows.find_client import FindClient
from gateway.flows.invite_partner import digest
from gateway.frozen import Frozen, Hidden
from gateway.oidc.client import Client
from gateway.ports.clock import Clock
from gateway.ports.residents import AuditEvent
from gateway.ports.tokens import NewToken
from gateway.ports.work import OpenWork

LINK, VISIT = "link", "visit"
LINK_LIVES = timedelta(minutes=5)
VISIT_LIVES = timedelta(minutes=30)


class Link(Frozen):
    """`value` is the last part of the page's address."""

    value: Hidden[str]
    lives: timedelta = LINK_LIVES


class PartnerPass(Frozen):
    open_work: OpenWork
    find_client: FindClient
    new_token: NewToken
    clock: Clock

    def link(self, client: str, *, actor: str) -> Link:
        """A link to the page of this client, for the client itself or for an operator. Raises NotFound."""
        if self.find_client(client) is None:
            raise NotFound("client_unknown")
        value, at = self.new_token(), self.clock()
        with self.open_work(write=True) as work:
            work.partner_visits.add(digest(value), stage=LINK, client=client, expires_at=at + LINK_LIVES)
            work.audit.record(
                AuditEvent(kind="partner_page.link_made", at=at, actor=actor, subjects=(client,), client=client)
            )
            work.commit()
        return Link(value=value)

    def enter(self, link: str) -> str:
        """The value of the visit's cookie, for a link that nobody followed before. Raises NotFound."""
        value, at = self.new_token(), self.clock()
        with self.open_work(write=True) as work:
            client = work.partner_visits.take(digest(link), stage=LINK, at=at)
            if client is not None:
                work.partner_visits.add(digest(value), stage=VISIT, client=client, expires_at=at + VISIT_LIVES)
            work.commit()
        if client is None:
            raise NotFound("partner_link_over")
        return value

    def visitor(self, visit: str | None) -> Client | None:
        """Whose page this visit is to, while it lasts and the client may act."""
        if visit is None:
            return None
        with self.open_work(write=False) as work:
            client = work.partner_visits.find(digest(visit), stage=VISIT, at=self.clock())
        known = self.find_client(client) if client is not None else None
        return known.client if known is not None else None

    def leave(self, visit: str | None) -> None:
        """End the visit."""
        if visit is not None:
            with self.open_work(write=True) as work:
                work.partner_visits.take(digest(visit), stage=VISIT, at=self.clock())
                work.commit()
