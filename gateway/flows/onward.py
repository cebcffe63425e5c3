"""Take a sign-in as far as it goes without asking: the next question, or the answer to the agency.

Runs inside the transaction of the step before it, so that what the person finished and what follows are kept together.
"""

from datetime import datetime, timedelta
from typing import Any

import orjson
from msgspec.structs import replace

from gateway.flows import question_texts
from gateway.flows.equipment import Equipment
from gateway.frozen import Frozen
from gateway.identity import check, claim, consent, consent_head
from gateway.identity.assertion import Attributes
from gateway.identity.assurance import Level, effective, level_of
from gateway.identity.binding import Binding, Profile
from gateway.identity.check import CheckAsked, CheckPurpose, Outcome, Way
from gateway.identity.claims_choice import NOTHING_ASKED, Weighed, answered, unchanged_until, weigh
from gateway.identity.consent import ConsentRecord, Kind
from gateway.identity.region import Region
from gateway.identity.session import Session
from gateway.identity.session import objection as session_objection
from gateway.oidc import pairwise_id
from gateway.oidc.authorization_request import AuthorizationRequest
from gateway.oidc.client import Client
from gateway.oidc.next_step import AskCheck, AskClaims, Authenticate, Done, Facts, Impossible, Step, StepUp, next_step
from gateway.oidc.permission import Permission
from gateway.oidc.sign_in import CheckProgress, SignIn, Stage
from gateway.ports.backings import Backing
from gateway.ports.residents import AuditEvent
from gateway.ports.work import Work

NOTHING_KEPT = Profile(home=Attributes())


class Standing(Frozen):
    """Everything that is known when the next step is decided."""

    client: Client | None
    session: Session | None
    binding: Binding | None
    check: CheckAsked | None
    purpose: CheckPurpose | None
    weighed: Weighed = NOTHING_ASKED
    last_claims: ConsentRecord | None = None


def standing(equipment: Equipment, work: Work, sign_in: SignIn, *, at: datetime) -> Standing:
    """Collect what the next step depends on. Reads only."""
    client = "" if sign_in.request is None else sign_in.request.client
    found = None if sign_in.session is None else work.backings.of_session(sign_in.session, client=client)
    return standing_on(equipment, work, sign_in, found, at=at)


def standing_on(
    equipment: Equipment, work: Work, sign_in: SignIn, found: tuple[Session, Backing] | None, *, at: datetime
) -> Standing:
    """The same where the sign-in's session was found with it."""
    session, backing = usable(equipment, found, browser=sign_in.browser, at=at)
    return standing_of(
        equipment, work, sign_in, session=session, binding=backing.binding, agreed=backing.consent, at=at
    )


def usable(
    equipment: Equipment, found: tuple[Session, Backing] | None, *, browser: str, at: datetime
) -> tuple[Session | None, Backing]:
    """The session, if this browser can use it now and its binding is active."""
    if found is None or found[1].binding is None:
        return None, Backing()
    objected = session_objection(found[0], browser=browser, at=at, lifetime=equipment.lifetime)
    return found if objected is None else (None, Backing())


def standing_of(
    equipment: Equipment,
    work: Work,
    sign_in: SignIn,
    *,
    session: Session | None,
    binding: Binding | None,
    agreed: ConsentRecord | None = None,
    at: datetime,
) -> Standing:
    """The same where the session and its binding are at hand, and perhaps the claims consent that stands."""
    request = sign_in.request
    client = None if request is None else equipment.client(work, request.client)
    if request is None or client is None:
        return Standing(client=client, session=session, binding=binding, check=None, purpose=None)
    found = check.read(request.authorization_details)
    asked = found if isinstance(found, CheckAsked) else None
    purpose = None if asked is None else equipment.purposes.get(asked.purpose)
    last = None
    if session is not None:
        account, consents = session.account, work.consents
        last = agreed or consents.standing(account, Kind.CLAIMS, client.id) or consents.last_claims(account, client.id)
    weighed = NOTHING_ASKED
    if session is not None and binding is not None:
        weighed = _weighed(equipment, request, client, home=session.home, last=last, at=at)
    return Standing(
        client=client,
        session=session,
        binding=binding,
        check=asked,
        purpose=purpose,
        weighed=weighed,
        last_claims=last,
    )


def _weighed(
    equipment: Equipment,
    request: AuthorizationRequest,
    client: Client,
    *,
    home: Region,
    last: ConsentRecord | None,
    at: datetime,
) -> Weighed:
    """The claims weighed, or as they were weighed before: nobody has to weigh twice what rests on the same."""
    word = None if last is None else (last.id, last.events[-1].hash)
    wishes = orjson.dumps(request.claims).decode()  # orjson's own bytes keep the four kilobytes they were written into
    rests_on = (client.id, client.scopes, client.region, request.scope, wishes, home, word)
    known = equipment.weighed.get(rests_on)
    if known is not None and at < known[0]:
        return known[1]
    bases = equipment.transfer_bases
    if last is None:
        asked = claim.requested(request.scope, request.claims, allowed=client.scopes)
        weighed = weigh(asked, home=home, destination=client.region, bases=bases, last=None, at=at)
    else:  # what the law makes of them is the same for everybody
        weighed = answered(_weighed(equipment, request, client, home=home, last=None, at=at), last, at)
    equipment.weighed.put(rests_on, (unchanged_until(bases, last, at), weighed))
    return weighed


def decide(equipment: Equipment, work: Work, sign_in: SignIn, now: Standing, *, at: datetime) -> Step:
    """The rule's word on what comes next."""
    request = sign_in.request
    if request is not None and (now.client is None or not now.client.active):
        return Impossible(code="unauthorized_client", reason="client_disabled")
    again = request is not None and "consent" in request.prompt and bool(now.weighed)
    expected = True
    if (
        request is not None
        and request.hinted_subject is not None
        and now.session is not None
        and now.client is not None
    ):
        expected = _is_known_as(equipment, work, now.session.account, now.client.agency, request.hinted_subject)
    return next_step(
        Facts(
            request=request,
            session=now.session,
            fresh=sign_in.session is not None and sign_in.home is not None,
            stepped_up=sign_in.stepped_up,
            ceiling=ceiling(now.binding),
            is_expected_person=expected,
            claims_pending=sign_in.claims is None and (again or now.weighed.pending),
            check_pending=now.check is not None and (sign_in.check is None or sign_in.check.outcome is None),
            at=at,
        )
    )


def _is_known_as(equipment: Equipment, work: Work, account: str, agency: str, name: str) -> bool:
    """Whether the agency knows the person by this name, or did before another was imported."""
    if equipment.subjects.of(account, agency, work=work) == name:
        return True
    return work.known_subjects.account(agency, name) == account


def onward(equipment: Equipment, work: Work, sign_in: SignIn, *, at: datetime, now: Standing | None = None) -> SignIn:
    """The sign-in at its next stage; the caller saves it and commits. `now`, if what is known is known already."""
    now = now or standing(equipment, work, sign_in, at=at)
    step = decide(equipment, work, sign_in, now, at=at)
    match step:
        case Authenticate():
            return at_stage(sign_in, Stage.CHOOSE_REGION, at)
        case StepUp():
            return at_stage(sign_in, Stage.STEP_UP, at)
        case AskClaims():
            return at_stage(sign_in, Stage.CLAIMS, at)
        case AskCheck():
            return _ask_check(equipment, work, sign_in, now, at=at)
        case Done():
            return _finish(equipment, work, sign_in, now, at=at)
        case Impossible(code=code, reason=reason):
            return end(equipment, work, sign_in, code=code, reason=reason, at=at)


def end(
    equipment: Equipment, work: Work, sign_in: SignIn, *, code: str, reason: str, at: datetime, tell: bool = True
) -> SignIn:
    """Over without a sign-in: the agency is told in the standard's words, unless it can still be tried again."""
    answer = None
    if tell and sign_in.request is not None:
        answer = equipment.refuse(sign_in.request, code, reason, work=work)
    work.audit.record(
        AuditEvent(
            kind="sign_in.ended",
            at=at,
            actor=sign_in.account or "gateway",
            subjects=(sign_in.id,),
            client=None if sign_in.request is None else sign_in.request.client,
            outcome="refused",
            reason=reason,
        )
    )
    return at_stage(sign_in, Stage.ENDED, at, home=None, guangdong=None, departure=None, answer=answer, ended=reason)


def at_stage(sign_in: SignIn, stage: Stage, at: datetime, *, problem: str | None = None, **changes: Any) -> SignIn:
    """The sign-in at this stage from now on, and with what else has changed."""
    return replace(sign_in, stage=stage, stage_since=at, problem=problem, **changes)


def ceiling(binding: Binding | None) -> Level:
    """What the strongest sign-in could reach, given the binding and the Guangdong account."""
    if binding is None:
        return Level.CERTIFIED
    return effective(
        level_of(binding.level) or Level.SELF_ASSERTED, level_of(binding.guangdong_level) or Level.SELF_ASSERTED
    )


def permission(sign_in: SignIn, now: Standing) -> Permission:
    """What the person has allowed, once nothing is left to ask."""
    session, request = now.session, sign_in.request
    assert session is not None
    assert request is not None
    details: tuple[dict[str, object], ...] = ()
    progress = sign_in.check
    if now.check is not None and progress is not None and progress.way and progress.outcome:
        details = (check.granted(now.check, way=progress.way, outcome=progress.outcome, consent=progress.record),)
    told = now.weighed.agreed
    face = progress is not None and progress.way is Way.FACE and progress.outcome is Outcome.PASSED
    return Permission(
        account=session.account,
        session=session.id,
        home=session.home.value,
        acr=session.acr,
        amr=(*session.amr, *(("face",) if face else ())),  # RFC 8176 §2
        authenticated_at=session.authenticated_at,
        scope=tuple([name for name in request.scope if name not in claim.PERMISSIONS or name in told]),
        claims=told,
        consent=now.last_claims.id if now.last_claims is not None and told else None,
        authorization_details=details,
    )


def _finish(equipment: Equipment, work: Work, sign_in: SignIn, now: Standing, *, at: datetime) -> SignIn:
    answer = None
    if sign_in.request is not None:
        allowed = permission(sign_in, now)
        answer = equipment.issue(sign_in.request, allowed, work=work, at=at)
        work.audit.record(
            AuditEvent(
                kind="sign_in.granted",
                at=at,
                actor=allowed.account,
                subjects=(sign_in.id, *((allowed.consent,) if allowed.consent else ())),
                client=sign_in.request.client,
                region=allowed.home,
            )
        )
    return at_stage(sign_in, Stage.FINISHED, at, home=None, guangdong=None, departure=None, answer=answer)


def _ask_check(equipment: Equipment, work: Work, sign_in: SignIn, now: Standing, *, at: datetime) -> SignIn:
    assert now.session is not None
    assert now.client is not None
    assert now.check is not None
    objected = check.objection(now.check, now.client.agency, equipment.purposes)
    if objected is not None or now.purpose is None:
        reason = objected or "check_purpose_unknown"
        return end(equipment, work, sign_in, code="invalid_authorization_details", reason=reason, at=at)
    shown = question_texts.check(
        equipment,
        client=now.client,
        asked=now.check,
        purpose=now.purpose,
        home=now.session.home,
        language=sign_in.locale,
    )
    record_id = equipment.new_token()
    record = consent.asked(
        record_id=record_id,
        kind=Kind.CHECK,
        account=now.session.account,
        client=now.client.id,
        items=(now.purpose.code,),
        head=consent_head.head(
            header(equipment, work, Kind.CHECK, now.session, now.client.agency),
            consent_head.for_check(now.check, now.purpose, withdrawal=withdrawal(equipment, record_id)),
            (*now.purpose.parties, party_of(now.client)),
        ),
        shown=shown,
        at=at,
        valid_until=at + timedelta(days=1),
        single_use=True,
    )
    work.consents.add(record)
    work.audit.record(
        AuditEvent(
            kind="consent.requested",
            at=at,
            actor=now.session.account,
            subjects=(record_id,),
            client=now.client.id,
        )
    )
    return at_stage(sign_in, Stage.CHECK, at, check=CheckProgress(record=record_id))


def header(equipment: Equipment, work: Work, kind: Kind, session: Session, sector: str) -> consent_head.Head:
    return consent_head.header(
        kind=kind,
        subject_ref=equipment.subjects.of(session.account, sector, work=work),
        home=session.home,
        acr=session.acr,
        session=pairwise_id.told_to(sector, session.id),  # receipts are shown around
        authenticated_at=consent.stamp(session.authenticated_at.replace(microsecond=0)),
    )


def withdrawal(equipment: Equipment, record: str) -> str:
    return f"{equipment.pages_url}/en/consents/{record}"


def party_of(client: Client) -> dict[str, str]:
    name = client.names.get("en") or client.id
    return {"party_id": client.agency, "role": "receiver", "name": name, "region": client.region}
