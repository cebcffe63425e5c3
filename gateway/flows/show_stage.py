"""A sign-in as the page of its stage needs it. Reads only."""

from datetime import datetime, timedelta
from typing import TypedDict

from gateway.flows import question_texts
from gateway.flows.equipment import Equipment
from gateway.flows.onward import Standing
from gateway.flows.stage_view import (
    Asker,
    Away,
    CheckAnswered,
    CheckQuestion,
    ChooseRegion,
    ClaimItem,
    ClaimsQuestion,
    Finished,
    Link,
    Matched,
    Mismatched,
    Over,
    StageView,
    StepUpNeeded,
    ToBeDecided,
    Waiting,
)
from gateway.flows.trips import claim_holds
from gateway.identity import binding
from gateway.identity.check import Way
from gateway.identity.claim import ASKABLE
from gateway.identity.claims_choice import WeighedClaim, available
from gateway.identity.consent import STANDING, stands
from gateway.identity.region import Region
from gateway.identity.session import expires_at as session_ends
from gateway.identity.transfer import Refused
from gateway.oidc.client import Client
from gateway.oidc.next_step import wanted_levels
from gateway.oidc.sign_in import SignIn, Stage, Verdict
from gateway.ports.work import Work


class Shared(TypedDict):
    """What every stage's view has."""

    id: str
    asker: Asker | None
    problem: str | None
    expires_at: datetime
    session_lasts: int


NEEDS_SESSION = frozenset({Stage.CLAIMS, Stage.CHECK, Stage.CHECK_ANSWERED, Stage.STEP_UP, Stage.AWAY_CHECK})


def show_stage(
    equipment: Equipment, work: Work, sign_in: SignIn, now: Standing, *, locale: str, at: datetime
) -> StageView:
    lasts = timedelta() if now.session is None else session_ends(now.session, equipment.lifetime) - at
    shared: Shared = {
        "id": sign_in.id,
        "asker": _asker(now.client),
        "problem": sign_in.problem,
        "expires_at": sign_in.expires_at,
        "session_lasts": int(lasts.total_seconds()),
    }
    over = _over(shared, sign_in, now, at)
    if over is not None:
        return over
    match sign_in.stage:
        case Stage.AWAY | Stage.AWAY_GUANGDONG | Stage.AWAY_CHECK:
            return _away(work, shared, sign_in, at)
        case Stage.LINK:
            assert sign_in.home is not None
            return Link(**shared, home=sign_in.home.region)
        case Stage.DECISION:
            return _decision(equipment, work, shared, sign_in, locale)
        case Stage.STEP_UP | Stage.CLAIMS | Stage.CHECK | Stage.CHECK_ANSWERED:
            return _question(equipment, work, shared, sign_in, now=now, locale=locale, at=at)
        case _:
            return ChooseRegion(**shared, regions=equipment.homes, hint=_hint(sign_in, equipment))


def claim_item(claim: WeighedClaim, *, available: bool) -> ClaimItem:
    return ClaimItem(
        name=claim.name,
        essential=claim.essential,
        sensitive=ASKABLE[claim.name].sensitive,
        available=available,
        source=claim.source,
        destination=claim.destination,
        crosses_border=claim.source != claim.destination,
        basis=claim.ground,
        chosen_before=claim.before,
        already_agreed=claim.agreed,
        refusal=claim.transfer.reason if isinstance(claim.transfer, Refused) else None,
    )


def _over(shared: Shared, sign_in: SignIn, now: Standing, at: datetime) -> Finished | Over | None:
    """The page of a sign-in with which nothing more can be done, or None."""
    if sign_in.stage is Stage.FINISHED:
        return Finished(**shared, answer=sign_in.answer)
    if sign_in.stage is Stage.ENDED:
        reason = sign_in.ended or "ended"
        return Over(**shared, reason=reason, answer=sign_in.answer, restartable=sign_in.answer is None)
    if at >= sign_in.expires_at:
        return Over(**shared, reason="sign_in_expired", answer=None, restartable=True)
    if sign_in.stage in NEEDS_SESSION and now.session is None:
        return Over(**shared, reason="session_ended", answer=None, restartable=True)
    return None


def _away(work: Work, shared: Shared, sign_in: SignIn, at: datetime) -> StageView:
    departure = sign_in.departure
    assert departure is not None
    claimed = claim_holds(work, sign_in, at)
    # an answer from server to server may come although the browser never returned: another app has it
    ready = not claimed and work.sign_ins.delivery(departure.state) is not None
    if departure.waiting or claimed or ready:
        return Waiting(**shared, to=departure.to, poll_seconds=departure.poll_seconds, ready=ready)
    return Away(**shared, to=departure.to, url=departure.url)


def _decision(equipment: Equipment, work: Work, shared: Shared, sign_in: SignIn, locale: str) -> StageView:
    decided, home = sign_in.decided, sign_in.home
    assert decided is not None
    assert home is not None
    if decided.verdict is Verdict.MISMATCH:
        return Mismatched(**shared, home=home.region, reasons=decided.reasons)
    if decided.verdict is Verdict.MANUAL:
        found = None if decided.reference is None else work.reviews.find(decided.reference)
        return ToBeDecided(
            **shared,
            home=home.region,
            reasons=decided.reasons,
            reference=decided.reference or "",
            opened_at=sign_in.stage_since if found is None else found.opened_at,
            expires_at_review=sign_in.expires_at if found is None else found.expires_at,
        )
    assert sign_in.guangdong is not None
    kept = binding.kept(binding.profile(home, sign_in.guangdong))
    return Matched(
        **shared,
        home=home.region,
        reasons=decided.reasons,
        by_operator=decided.by_operator,
        kept=kept,
        notice=question_texts.binding(equipment, home=home.region, kept=kept, language=locale),
    )


def _question(
    equipment: Equipment, work: Work, shared: Shared, sign_in: SignIn, *, now: Standing, locale: str, at: datetime
) -> StageView:
    session, client = now.session, now.client
    assert session is not None
    assert client is not None
    if sign_in.stage is Stage.STEP_UP:
        assert sign_in.request is not None
        wanted = wanted_levels(sign_in.request)
        return StepUpNeeded(**shared, home=session.home, reached=session.acr, needed=min(wanted))
    if sign_in.stage is Stage.CLAIMS:
        assert now.binding is not None
        held = available(now.weighed, now.binding.profile)
        return ClaimsQuestion(
            **shared,
            items=tuple(claim_item(claim, available=claim.name in held) for claim in now.weighed),
            notice=question_texts.claims(equipment, client=client, weighed=now.weighed, language=locale),
        )
    assert now.check is not None
    assert now.purpose is not None
    assert sign_in.check is not None
    if sign_in.stage is Stage.CHECK:
        return CheckQuestion(
            **shared,
            record=sign_in.check.record,
            application=now.check.application,
            purpose=now.check.purpose,
            notice=question_texts.check(
                equipment,
                client=client,
                asked=now.check,
                purpose=now.purpose,
                home=session.home,
                language=locale,
            ),
        )
    record = work.consents.find(sign_in.check.record)
    # as `proceed` will go: a consent that was withdrawn meanwhile leads to no camera
    face = record is not None and stands(record, at) and sign_in.check.way is Way.FACE
    return CheckAnswered(
        **shared,
        record=sign_in.check.record,
        agreed=record is not None and record.state in STANDING,
        way=(Way.FACE if face else Way.CONFIRMATION_AT_HOME).value,
        home=session.home,
        application=now.check.application,
    )


def _asker(client: Client | None) -> Asker | None:
    if client is None:
        return None
    return Asker(
        client=client.id, agency=client.agency, names=client.names, purpose=client.purpose, region=client.region
    )


def _hint(sign_in: SignIn, equipment: Equipment) -> Region | None:
    hint = None if sign_in.request is None else sign_in.request.login_hint
    return next((code for code in equipment.homes if code.value == hint), None)
