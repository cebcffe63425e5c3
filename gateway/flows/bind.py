"""Bind a home identity to a Guangdong account, because the person said so.

Fifty at once make one binding: the database lets one in, the others get the one that is there. The account stays the
person's own through every later binding, so that agencies keep seeing the same subject.
"""

from datetime import datetime

from msgspec.structs import replace

from gateway.errors import StepRefused
from gateway.flows import record_consent
from gateway.flows.close_review import close_review_of
from gateway.flows.end_account_sessions import end_account_sessions
from gateway.flows.equipment import Equipment
from gateway.flows.onward import header, onward, standing_of, withdrawal
from gateway.flows.pairwise_subjects import settle_earlier_subjects
from gateway.flows.start_session import start_session
from gateway.identity import binding as bindings
from gateway.identity import consent, consent_head
from gateway.identity.account import Account
from gateway.identity.assertion import RegionAssertion
from gateway.identity.assurance import BINDING_LEVELS, Level, grade
from gateway.identity.binding import Binding, Ended, Method
from gateway.identity.consent import Kind, State
from gateway.identity.identifier import Identifier
from gateway.identity.notice import ShownNotice
from gateway.identity.session import Session
from gateway.identity.subject import account_id
from gateway.oidc.sign_in import Decided, SignIn
from gateway.ports.residents import AuditEvent
from gateway.ports.work import Work

SECTOR = "gateway"  # whose pseudonym stands in a binding's own record


def bind(
    equipment: Equipment,
    work: Work,
    sign_in: SignIn,
    shown: ShownNotice,
    *,
    at: datetime,
    answer: dict[str, object],
) -> tuple[SignIn, str]:
    """The sign-in after it, and the new session's cookie value."""
    home, guangdong, decided = sign_in.home, sign_in.guangdong, sign_in.decided
    if home is None or guangdong is None or decided is None:
        raise StepRefused("nothing_to_bind")
    method = grade(home.region, home.method, equipment.methods)
    if method is None:
        raise StepRefused("method_not_graded")
    asked = _binding(equipment, work, home, guangdong, decided, at=at)
    bound = _insert(work, asked, at)
    known = replace(sign_in, home=replace(home, attributes=None), guangdong=None, account=bound.account)
    settle_earlier_subjects(work, (bound.home_identity, bound.guangdong_identity), bound.account)
    session, secret = start_session(equipment, work, known, home, method=method, bound=bound, at=at)
    if bound.id == asked.id:
        _record(equipment, work, bound, session, shown, since=sign_in.stage_since, at=at, answer=answer)
        close_review_of(work, decided, at=at, why="bound")
    known = replace(known, session=session.id, decided=None)
    now = standing_of(equipment, work, known, session=session, binding=bound, at=at)
    return onward(equipment, work, known, at=at, now=now), secret


def _binding(
    equipment: Equipment,
    work: Work,
    home: RegionAssertion,
    guangdong: RegionAssertion,
    decided: Decided,
    *,
    at: datetime,
) -> Binding:
    identity, account_identity = bindings.identities(home, guangdong)
    earlier = work.accounts.earlier(identity) or work.accounts.earlier(account_identity)
    held = grade(guangdong.region, guangdong.method, equipment.methods)
    graded = grade(home.region, home.method, equipment.methods)
    return Binding(
        id=equipment.new_token(),
        account=earlier or account_id(equipment.pairwise_keys.newest, equipment.new_token()),
        home=home.region,
        home_identity=identity,
        guangdong_identity=account_identity,
        guangdong_version=guangdong.version,
        level=BINDING_LEVELS["user-bound"].acr,
        guangdong_level=(held.level if held is not None else Level.SELF_ASSERTED).acr,
        method=Method.DECIDED if decided.by_operator else Method.COMPARED,
        reasons=decided.reasons,
        evidence=decided.review,
        home_level=(graded.level if graded is not None else Level.SELF_ASSERTED).acr,
        consent=equipment.new_token(),
        profile=bindings.profile(home, guangdong),
        bound_at=at,
    )


def _insert(work: Work, asked: Binding, at: datetime) -> Binding:
    """The binding that is in force now: this one, or the same made by another request a moment ago."""
    new = work.accounts.find(asked.account) is None
    if new:
        work.accounts.add(Account(id=asked.account, created_at=at))
    _supersede(work, asked.guangdong_identity, asked, at)
    bound = work.bindings.insert_or_get(asked)
    if bound is None or bound.guangdong_identity != asked.guangdong_identity:
        raise StepRefused("guangdong_account_taken")
    if bound.id != asked.id and new:
        work.accounts.remove_unused(asked.account)
    return bound


def _supersede(work: Work, account_identity: Identifier, asked: Binding, at: datetime) -> None:
    """The same person under a new identity of home: the old binding stays on record, ended."""
    old = work.bindings.active_guangdong(account_identity, asked.home_identity.issuer)
    if old is None or old.home_identity == asked.home_identity:
        return
    if old.account != asked.account:
        raise StepRefused("guangdong_account_taken")
    work.bindings.end(old.id, at=at, why=Ended.SUPERSEDED)
    end_account_sessions(work, old.account, at=at, why="binding_ended")
    record_consent.add_event(work, old.consent, State.REPLACED, at=at, by="gateway", facts={"by_binding": asked.id})


def _record(
    equipment: Equipment,
    work: Work,
    bound: Binding,
    session: Session,
    shown: ShownNotice,
    *,
    since: datetime,
    at: datetime,
    answer: dict[str, object],
) -> None:
    kept = bindings.kept(bound.profile)
    asked = consent.asked(
        record_id=bound.consent,
        kind=Kind.BINDING,
        account=bound.account,
        client=None,
        items=kept,
        head=consent_head.head(
            header(equipment, work, Kind.BINDING, session, SECTOR),
            consent_head.for_binding(kept=kept, home=bound.home, withdrawal=withdrawal(equipment, bound.consent)),
            (),
        ),
        shown=shown,
        at=since,
    )
    given = consent.then(asked, State.GIVEN, at=at, by="person", facts=answer)
    work.consents.add(given)
    record_consent.audit(work, given, at=at, by="person")
    work.audit.record(
        AuditEvent(
            kind="binding.made",
            at=at,
            actor=bound.account,
            subjects=(bound.id, bound.consent, *((bound.evidence,) if bound.evidence else ())),
            region=bound.home.value,
            reason=bound.method.value,
        )
    )
