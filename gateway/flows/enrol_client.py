"""Enrol a client, or change what it may do: an operator's act."""

from msgspec.structs import replace

from gateway.errors import GatewayError, NotFound
from gateway.frozen import Frozen
from gateway.oidc.client import Client
from gateway.oidc.enrolment import objections
from gateway.oidc.invitation import narrowed
from gateway.oidc.offer import Offer
from gateway.ports.clock import Clock
from gateway.ports.residents import AuditEvent
from gateway.ports.work import OpenWork, Work


class EnrolmentRefused(GatewayError):
    """The client cannot be enrolled; `reasons` names everything that is wrong."""

    def __init__(self, reasons: tuple[str, ...]) -> None:
        super().__init__("enrolment_refused")
        self.reasons = reasons


class EnrolClient(Frozen):
    offer: Offer
    open_work: OpenWork
    clock: Clock

    def __call__(self, client: Client, *, operator: str) -> Client:
        """The client as it was kept. Raises EnrolmentRefused."""
        if reasons := objections(client, self.offer):
            raise EnrolmentRefused(reasons)
        with self.open_work(write=True) as work:
            before = work.clients.hold(client.id)
            kept = work.clients.save(client)
            if before is not None:
                _hold_to(work, before, kept)
            self._tell(work, kept, operator, "client.enrolled" if kept.version == 1 else "client.changed")
            work.commit()
        return kept

    def set_active(self, client: str, active: bool, *, operator: str) -> Client:
        """Let the client act, or keep it from acting. Its tokens end with it; so does, when it may act again, what it
        got from a process that had yet to hear of it. Raises NotFound."""
        with self.open_work(write=True) as work:
            found = work.clients.hold(client)
            if found is None:
                raise NotFound("client_unknown")
            kept = work.clients.save(replace(found, active=active))
            if not (active and found.active):
                work.grants.revoke_of(at=self.clock(), client=client)
            self._tell(work, kept, operator, "client.enabled" if active else "client.disabled")
            work.commit()
        return kept

    def _tell(self, work: Work, client: Client, operator: str, kind: str) -> None:
        event = AuditEvent(kind=kind, at=self.clock(), actor=operator, subjects=(client.id,), client=client.id)
        work.audit.record(event)


def _hold_to(work: Work, before: Client, after: Client) -> None:
    """A client that registered itself must not take back what an operator took from it."""
    registration = work.registrations.find(after.id)
    if registration is None:
        return
    kept, digest = registration
    reach = narrowed(kept.reach, before, after)
    if reach != kept.reach:
        work.registrations.change(replace(kept, reach=reach), known=digest, digest=digest)
