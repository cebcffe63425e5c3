"""Record a person's answer to the biometric question. Either answer leads on; neither is asked twice."""

from datetime import datetime

from msgspec.structs import replace

from gateway.flows.onward import at_stage
from gateway.flows.record_consent import add_event
from gateway.identity.check import Way
from gateway.identity.consent import State
from gateway.identity.notice import ShownNotice
from gateway.oidc.sign_in import SignIn, Stage
from gateway.ports.work import Work


def answer_check(
    work: Work, sign_in: SignIn, shown: ShownNotice, *, agree: bool, at: datetime, answer: dict[str, object]
) -> SignIn:
    """The sign-in at the page that shows what was recorded, and leads on by the way that was chosen."""
    progress = sign_in.check
    assert progress is not None
    record = work.consents.find(progress.record)
    if record is not None and record.notice.text_sha256 != shown.text_sha256:
        # the page was turned to another language before answering: what was read is what was agreed to
        add_event(work, progress.record, State.RENOTIFIED, at=at, by="gateway", shown=shown)
    state = State.GIVEN if agree else State.REFUSED
    facts = {**answer, "text_sha256": shown.text_sha256}
    add_event(work, progress.record, state, at=at, by="person", facts=facts)
    way = Way.FACE if agree else Way.CONFIRMATION_AT_HOME
    return at_stage(replace(sign_in, check=replace(progress, way=way)), Stage.CHECK_ANSWERED, at)


def leave_unanswered(work: Work, sign_in: SignIn, *, at: datetime, why: str) -> None:
    """Leaving, cancelling and time-out are no answer, and are recorded as none."""
    if sign_in.stage is Stage.CHECK and sign_in.check is not None:
        add_event(work, sign_in.check.record, State.UNANSWERED, at=at, by="gateway", facts={"why": why})
