"""A person has come back with something verified: what it means for the sign-in.

A home identity that is bound becomes a session. One that is not is compared with the Guangdong account, or meets the
decision of an operator. A second act of authentication must be the same person's.
"""

from datetime import datetime

from msgspec.structs import replace

from gateway.errors import AssertionRejected
from gateway.flows import check_outcome
from gateway.flows.close_review import close_review
from gateway.flows.equipment import Equipment
from gateway.flows.onward import at_stage, ceiling, onward, standing_of
from gateway.flows.start_session import start_session
from gateway.frozen import Frozen
from gateway.identity import binding as bindings
from gateway.identity import matching, review
from gateway.identity.assertion import Attributes, RegionAssertion
from gateway.identity.assurance import Method, effective, grade, proves_identity
from gateway.identity.binding import Binding
from gateway.identity.consent import ConsentRecord
from gateway.identity.identifier import home_subject
from gateway.identity.matching import Manual, Match, Mismatch
from gateway.identity.review import Review, ReviewState
from gateway.oidc.sign_in import Decided, SignIn, Stage, Verdict
from gateway.ports.regions import Arrived, CheckResult, Errand
from gateway.ports.residents import AuditEvent
from gateway.ports.work import Work


class Landed(Frozen):
    """The sign-in after it, unsaved; a new session's cookie value; whether the way to Guangdong follows at once."""

    sign_in: SignIn
    session: str | None = None
    on_to_guangdong: bool = False


def land(equipment: Equipment, work: Work, sign_in: SignIn, arrival: Arrived | CheckResult, *, at: datetime) -> Landed:
    """Raises AssertionRejected when what came back is not this person's or not graded."""
    if isinstance(arrival, CheckResult):
        return Landed(sign_in=check_outcome.by_face(equipment, work, sign_in, arrival, at=at))
    assertion = arrival.assertion
    method = grade(assertion.region, assertion.method, equipment.methods)
    if method is None:
        raise AssertionRejected("method_not_graded", region=assertion.region.value)
    _audit(work, sign_in, assertion, at)
    match sign_in.stage:
        case Stage.AWAY_GUANGDONG:
            return Landed(sign_in=_compare(equipment, work, sign_in, assertion, at=at))
        case Stage.AWAY_CHECK:
            _same_person(work, sign_in, assertion)
            return Landed(sign_in=check_outcome.at_home(equipment, work, sign_in, at=at))
        case _ if sign_in.session is not None and sign_in.departure and sign_in.departure.errand == Errand.CONFIRM:
            return Landed(sign_in=_step_up(equipment, work, sign_in, assertion, method, at=at))
        case _:
            return _at_home(equipment, work, sign_in, assertion, method, at=at)


def _at_home(
    equipment: Equipment, work: Work, sign_in: SignIn, assertion: RegionAssertion, method: Method, *, at: datetime
) -> Landed:
    identity = home_subject(assertion.issuer, assertion.subject)
    asker = "" if sign_in.request is None else sign_in.request.client
    backing = work.backings.of_home(identity, client=asker)
    if backing.binding is not None:
        bound, agreed = backing.binding, backing.consent
        return _sign_in_bound(equipment, work, sign_in, assertion, method=method, bound=bound, agreed=agreed, at=at)
    if sign_in.home is not None and sign_in.home.attributes is None and assertion.attributes is not None:
        if (sign_in.home.issuer, sign_in.home.subject) != (assertion.issuer, assertion.subject):
            raise AssertionRejected("another_person", region=assertion.region.value)
        linking = at_stage(sign_in, Stage.LINK, at, home=assertion, departure=None)
        return Landed(sign_in=linking, on_to_guangdong=True)
    found = work.reviews.of(identity)
    home = replace(sign_in, home=assertion, departure=None, decided=None, guangdong=None)
    if found is None or at >= found.expires_at:
        return Landed(sign_in=at_stage(home, Stage.LINK, at))
    return Landed(sign_in=_as_decided(home, found, at))


def _sign_in_bound(
    equipment: Equipment,
    work: Work,
    sign_in: SignIn,
    assertion: RegionAssertion,
    *,
    method: Method,
    bound: Binding,
    agreed: ConsentRecord | None,
    at: datetime,
) -> Landed:
    session, secret = start_session(equipment, work, sign_in, assertion, method=method, bound=bound, at=at)
    # whatever attributes came along are not needed, and are not kept
    known = replace(
        sign_in, home=replace(assertion, attributes=None), account=bound.account, session=session.id, departure=None
    )
    now = standing_of(equipment, work, known, session=session, binding=bound, agreed=agreed, at=at)
    return Landed(sign_in=onward(equipment, work, known, at=at, now=now), session=secret)


def _as_decided(sign_in: SignIn, found: Review, at: datetime) -> SignIn:
    """Go on from what an operator has decided, or is still to decide."""
    assert sign_in.home is not None
    decided = Decided(
        verdict=Verdict.MANUAL, reasons=found.reasons, reference=found.reference, review=found.id, by_operator=True
    )
    if found.state is ReviewState.SAME_PERSON and found.guangdong is not None:
        # the records that were compared are the ones to bind; only who signs in now is taken from this sign-in
        compared = found.home.attributes if found.home is not None else None
        home = replace(sign_in.home, attributes=compared)
        agreed = replace(sign_in, home=home, guangdong=found.guangdong, decided=replace(decided, verdict=Verdict.MATCH))
        return at_stage(agreed, Stage.DECISION, at)
    if found.state is ReviewState.NOT_SAME_PERSON:
        decided = replace(decided, verdict=Verdict.MISMATCH, reasons=(*found.reasons, "decided_by_operator"))
    return at_stage(replace(sign_in, decided=decided), Stage.DECISION, at)


def _compare(equipment: Equipment, work: Work, sign_in: SignIn, guangdong: RegionAssertion, *, at: datetime) -> SignIn:
    home = sign_in.home
    assert home is not None
    grades = [grade(one.region, one.method, equipment.methods) for one in (home, guangdong)]
    proved = all(one is not None and proves_identity(one.level) for one in grades)
    outcome = matching.decide(
        home.attributes or Attributes(), guangdong.attributes or Attributes(), equipment.simplify, proved=proved
    )
    if isinstance(outcome, Match):
        outcome = _unless_bound_elsewhere(work, home, guangdong, outcome)
    work.audit.record(
        AuditEvent(
            kind="binding.compared",
            at=at,
            actor="gateway",
            subjects=(sign_in.id,),
            region=home.region.value,
            outcome=type(outcome).__name__.lower(),
            reason=outcome.reasons[-1] if outcome.reasons else None,
        )
    )
    back = replace(sign_in, departure=None)
    if isinstance(outcome, Match):
        decided = Decided(verdict=Verdict.MATCH, reasons=outcome.reasons)
        return at_stage(replace(back, guangdong=guangdong, decided=decided), Stage.DECISION, at)
    if isinstance(outcome, Mismatch):
        # nothing is kept of a record that is somebody else's
        decided = Decided(verdict=Verdict.MISMATCH, reasons=outcome.reasons)
        return at_stage(replace(back, guangdong=None, decided=decided), Stage.DECISION, at)
    return _for_review(equipment, work, back, home=home, guangdong=guangdong, outcome=outcome, at=at)


def _unless_bound_elsewhere(
    work: Work, home: RegionAssertion, guangdong: RegionAssertion, outcome: Match
) -> Match | Manual:
    """A Guangdong account whose holder already has another account here is for a person to look at."""
    identity, account = bindings.identities(home, guangdong)
    mine, theirs = work.accounts.earlier(identity), work.accounts.earlier(account)
    if mine is not None and theirs is not None and mine != theirs:
        return Manual(reasons=(*outcome.reasons, "guangdong_account_bound_elsewhere"))
    return outcome


def _for_review(
    equipment: Equipment,
    work: Work,
    sign_in: SignIn,
    *,
    home: RegionAssertion,
    guangdong: RegionAssertion,
    outcome: Manual,
    at: datetime,
) -> SignIn:
    identity = home_subject(home.issuer, home.subject)
    earlier = work.reviews.of(identity)
    if earlier is not None:
        close_review(work, earlier, at=at, why="compared_anew")
    opened = Review(
        id=equipment.new_token(),
        reference=review.reference(equipment.new_token()),
        home=home,
        guangdong=guangdong,
        reasons=outcome.reasons,
        opened_at=at,
        expires_at=at + equipment.settings.review_lifetime,
    )
    work.reviews.add(opened, identity)
    work.audit.record(
        AuditEvent(
            kind="review.opened", at=at, actor="gateway", subjects=(opened.id, sign_in.id), region=home.region.value
        )
    )
    decided = Decided(verdict=Verdict.MANUAL, reasons=outcome.reasons, reference=opened.reference, review=opened.id)
    return at_stage(replace(sign_in, guangdong=None, decided=decided), Stage.DECISION, at)


def _step_up(
    equipment: Equipment, work: Work, sign_in: SignIn, assertion: RegionAssertion, method: Method, *, at: datetime
) -> SignIn:
    bound = _same_person(work, sign_in, assertion)
    assert sign_in.session is not None
    reached = effective(method.level, ceiling(bound))
    work.sessions.raise_level(
        sign_in.session, acr=reached.acr, amr=method.amr, authenticated_at=assertion.authenticated_at
    )
    after = replace(sign_in, home=replace(assertion, attributes=None), departure=None, stepped_up=True)
    return onward(equipment, work, after, at=at)


def _same_person(work: Work, sign_in: SignIn, assertion: RegionAssertion) -> Binding:
    """The binding of this sign-in's session, if the assertion is of the very identity that is bound."""
    session = None if sign_in.session is None else work.sessions.get(sign_in.session)
    bound = None if session is None else work.bindings.find(session.binding)
    if bound is None or bound.ended_at is not None:
        raise AssertionRejected("session_ended", region=assertion.region.value)
    if bound.home_identity != home_subject(assertion.issuer, assertion.subject):
        raise AssertionRejected("another_person", region=assertion.region.value)
    return bound


def _audit(work: Work, sign_in: SignIn, assertion: RegionAssertion, at: datetime) -> None:
    work.audit.record(
        AuditEvent(
            kind="region.asserted",
            at=at,
            actor=sign_in.account or "gateway",
            subjects=(sign_in.id,),
            client=None if sign_in.request is None else sign_in.request.client,
            region=assertion.region.value,
            reason=assertion.method,
        )
    )
