"""Add an event to a consent, if it may happen now, with its audit entry."""

from collections.abc import Mapping
from datetime import datetime

from gateway.errors import NotFound, StepRefused
from gateway.identity import consent
from gateway.identity.consent import ConsentRecord, State
from gateway.identity.notice import ShownNotice
from gateway.ports.residents import AuditEvent
from gateway.ports.work import Work


def add_event(
    work: Work,
    record_id: str,
    state: State,
    *,
    at: datetime,
    by: str,
    facts: Mapping[str, object] | None = None,
    shown: ShownNotice | None = None,
) -> ConsentRecord:
    """The record with one more event. Raises StepRefused when it cannot follow what has happened so far."""
    record = work.consents.find(record_id)
    if record is None:
        raise NotFound("consent_unknown")
    return follow(work, record, state, at=at, by=by, facts=facts, shown=shown)


def follow(
    work: Work,
    record: ConsentRecord,
    state: State,
    *,
    at: datetime,
    by: str,
    facts: Mapping[str, object] | None = None,
    shown: ShownNotice | None = None,
) -> ConsentRecord:
    """The same for a record that was read in this unit of work."""
    objected = consent.objection(record, state)
    if objected is not None:
        raise StepRefused(objected)
    longer = consent.then(record, state, at=at, by=by, facts=facts, shown=shown)
    if not work.consents.append(record, longer.events[-1], shown):
        raise StepRefused("consent_changed_meanwhile")
    audit(work, longer, at=at, by=by)
    return longer


def replace(work: Work, record: ConsentRecord, *, at: datetime, facts: Mapping[str, object]) -> None:
    """Another takes over from this record, in a unit that is nothing if it does not.

    Raises StepRefused; Outrun, by the commit at last, where somebody was quicker.
    """
    objected = consent.objection(record, State.REPLACED)
    if objected is not None:
        raise StepRefused(objected)
    longer = consent.then(record, State.REPLACED, at=at, by="gateway", facts=facts)
    work.consents.append_or_nothing(record, longer.events[-1])
    audit(work, longer, at=at, by="gateway")


def audit(work: Work, record: ConsentRecord, *, at: datetime, by: str) -> None:
    """The audit entry of a record's last event."""
    work.audit.record(
        AuditEvent(
            kind=f"consent.{record.state.value}",
            at=at,
            actor=(record.account or "gateway") if by == "person" else by,
            subjects=(record.id,),
            client=record.client,
            reason=record.kind.value,
        )
    )
