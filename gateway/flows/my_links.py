"""A person's bindings: which there are, which there were, and undoing one."""

from datetime import datetime

from gateway.errors import NotFound
from gateway.flows.end_account_sessions import end_account_sessions
from gateway.flows.queue_event import queue_event
from gateway.flows.record_consent import add_event, follow
from gateway.frozen import Frozen
from gateway.identity import binding as bindings
from gateway.identity import consent
from gateway.identity.binding import Binding, Ended
from gateway.identity.consent import STANDING, State
from gateway.identity.consent_head import home_of
from gateway.identity.region import Region
from gateway.oidc.delivery import Kind
from gateway.ports.clock import Clock
from gateway.ports.residents import AuditEvent
from gateway.ports.work import OpenWork, Work


class LinkLine(Frozen):
    """One binding. `kept` names what is held; after the end nothing is."""

    id: str
    home: Region
    bound_at: datetime
    method: str
    reasons: tuple[str, ...]
    kept: tuple[str, ...]
    consent: str
    ended_at: datetime | None
    ended: str | None


class MyLinks(Frozen):
    open_work: OpenWork
    clock: Clock

    def list(self, account: str) -> tuple[LinkLine, ...]:
        """Newest first, ended ones too."""
        with self.open_work(write=False) as work:
            return tuple(_line(found) for found in work.bindings.of_account(account))

    def undo(self, account: str, binding: str) -> None:
        """End it: attributes erased, sessions and agencies' grants ended, all in one transaction. Twice is once."""
        with self.open_work(write=True) as work:
            found = work.bindings.find(binding)
            if found is None or found.account != account:
                raise NotFound("link_unknown")
            if found.ended_at is None:
                undo_binding(work, found, at=self.clock())
            work.commit()


def undo_binding(work: Work, found: Binding, *, at: datetime, tell: bool = True) -> None:
    """By the person's own wish; the consent behind it counts as withdrawn, as do those to tell agencies what it held.
    `tell` the agencies that know them.
    """
    if not work.bindings.end(found.id, at=at, why=Ended.UNDONE):
        return
    end_account_sessions(work, found.account, at=at, why="binding_ended")
    work.grants.revoke_of(at=at, account=found.account)
    if tell:
        queue_event(work, Kind.LINK_UNDONE, found.id, found.account, at=at)
    record = work.consents.find(found.consent)
    if record is not None and record.state in STANDING:
        add_event(work, record.id, State.WITHDRAWN, at=at, by="person", facts={"effect": "binding_undone"})
        add_event(work, record.id, State.DELETION_CONFIRMED, at=at, by="gateway", facts={"erased": "profile"})
    for one in work.consents.of_account(found.account):
        if one.kind is consent.Kind.CLAIMS and one.state in STANDING and home_of(one.head) is found.home:
            follow(work, one, State.WITHDRAWN, at=at, by="person", facts={"effect": "binding_undone"})
    work.audit.record(
        AuditEvent(
            kind="binding.undone",
            at=at,
            actor=found.account,
            subjects=(found.id, found.consent),
            region=found.home.value,
        )
    )


def _line(found: Binding) -> LinkLine:
    return LinkLine(
        id=found.id,
        home=found.home,
        bound_at=found.bound_at,
        method=found.method.value,
        reasons=found.reasons,
        kept=bindings.kept(found.profile) if found.ended_at is None else (),
        consent=found.consent,
        ended_at=found.ended_at,
        ended=None if found.ended is None else found.ended.value,
    )
