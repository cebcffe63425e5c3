"""How a biometric check ended, by either way: recorded, and told to the agency as passed or failed."""

from datetime import datetime

from msgspec.structs import replace

from gateway.flows.equipment import Equipment
from gateway.flows.onward import at_stage, onward
from gateway.flows.record_consent import add_event
from gateway.identity.check import Outcome, Way
from gateway.identity.consent import State
from gateway.oidc.sign_in import CheckProgress, SignIn, Stage
from gateway.ports.regions import CheckResult
from gateway.ports.residents import AuditEvent
from gateway.ports.work import Work


def by_face(equipment: Equipment, work: Work, sign_in: SignIn, result: CheckResult, *, at: datetime) -> SignIn:
    """A comparison that failed is not the end: the other way is still open, and proposed."""
    progress = sign_in.check
    assert progress is not None
    outcome = Outcome.PASSED if result.passed else Outcome.FAILED
    facts = {"check_ref": result.reference, "result": outcome.value, "operator_unit": result.service}
    add_event(work, progress.record, State.USED, at=at, by="gateway", facts=facts)
    _audit(work, sign_in, Way.FACE, outcome, at)
    if outcome is Outcome.FAILED:
        other = replace(progress, way=Way.CONFIRMATION_AT_HOME)
        back = replace(sign_in, check=other, departure=None)
        return at_stage(back, Stage.CHECK_ANSWERED, at, problem="face_not_matched")
    return onward(equipment, work, _done(sign_in, progress, Way.FACE, outcome), at=at)


def at_home(equipment: Equipment, work: Work, sign_in: SignIn, *, at: datetime) -> SignIn:
    """The person has confirmed at the region of home, with possession and without a face."""
    progress = sign_in.check
    assert progress is not None
    _audit(work, sign_in, Way.CONFIRMATION_AT_HOME, Outcome.PASSED, at)
    return onward(equipment, work, _done(sign_in, progress, Way.CONFIRMATION_AT_HOME, Outcome.PASSED), at=at)


def _done(sign_in: SignIn, progress: CheckProgress, way: Way, outcome: Outcome) -> SignIn:
    return replace(sign_in, check=replace(progress, way=way, outcome=outcome), departure=None)


def _audit(work: Work, sign_in: SignIn, way: Way, outcome: Outcome, at: datetime) -> None:
    assert sign_in.check is not None
    work.audit.record(
        AuditEvent(
            kind="check.done",
            at=at,
            actor=sign_in.account or "gateway",
            subjects=(sign_in.id, sign_in.check.record),
            client=None if sign_in.request is None else sign_in.request.client,
            outcome=outcome.value,
            reason=way.value,
        )
    )
