"""A person's trips: leaving for a region or the check service, and coming back.

Nothing is held across a network call: the sign-in is read, its return claimed, the region spoken to, and the outcome
written only if nobody else wrote meanwhile. A second callback, a reload or another tab finds the claim or the new
stage, and is shown where the person is.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from gateway.errors import GatewayError, NotFound, RegionError, StepRefused
from gateway.flows.equipment import Equipment, cookie_hash
from gateway.flows.landing import Landed, land
from gateway.flows.onward import at_stage
from gateway.flows.stage_view import Answer, Next, Redirect, Stay
from gateway.identity.region import Region
from gateway.oidc.sign_in import AWAY, OVER, Departure, SignIn, Stage, objection
from gateway.ports.regions import Arrival, Arrived, Callback, CheckResult, Errand, Leave, Trip, Wait

CHECK_SERVICE = "check"
# A claim that is older than this belonged to a process that is gone.
CLAIM_HOLDS = timedelta(seconds=45)
STATE_LENGTH = 32
LONGEST_QUERY_VALUE = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class Trips:
    equipment: Equipment

    def leave(
        self, sign_in: SignIn, *, to: Region, errand: Errand, stage: Stage, user_agent: str, session: str | None = None
    ) -> Next:
        """Send the person to a region; when it cannot be reached they stay where they are, and are told."""
        trip = self._trip(sign_in, errand, user_agent)
        region = self.equipment.regions.get(to)
        if region is None:
            raise StepRefused("region_not_offered")
        return self._leave(sign_in, trip, to=to.value, stage=stage, depart=lambda: region.depart(trip), session=session)

    def leave_for_check(self, sign_in: SignIn, *, subject_hint: str, application: str, user_agent: str) -> Next:
        """Send the person to the face comparison service, which is asked on behalf of this application."""
        trip = self._trip(sign_in, Errand.CONFIRM, user_agent)
        service = self.equipment.face_check
        if service is None:
            raise StepRefused("check_service_absent")
        return self._leave(
            sign_in,
            trip,
            to=CHECK_SERVICE,
            stage=Stage.AWAY_CHECK,
            depart=lambda: service.depart(trip, subject_hint=subject_hint, application=application),
        )

    def arrive(self, to: str, query: Mapping[str, str], *, browser: str) -> Next:
        """The browser is back from `to`. Raises NotFound when no departure of this browser fits."""
        found = self._departed(to, query, cookie_hash(browser))
        departure = found.departure
        if departure is None or departure.to != to or found.stage not in AWAY or departure.waiting:
            return _show(found)
        bounded = {name: value for name, value in query.items() if len(value) <= LONGEST_QUERY_VALUE}
        callback = Callback(query=bounded)
        return self._answered(found, lambda claimed: self._arrive_at(claimed, callback))

    def receive(self, code: Region, kind: str, headers: Mapping[str, str], body: bytes) -> None:
        """A region delivers from server to server; it is parked for the person to come back to."""
        region = self.equipment.regions.get(code)
        if region is None:
            raise NotFound("region_not_offered")
        delivery = region.receive(kind, headers, body)
        with self.equipment.open_work(write=True) as work:
            found = work.sign_ins.departed(delivery.state)
            fits = found is not None and found.departure is not None and found.departure.to == code.value
            if not fits or not work.sign_ins.deliver(delivery.state, delivery.memory, at=self.equipment.now()):
                raise NotFound("departure_unknown")
            work.commit()

    def resume(self, sign_in: SignIn) -> Next:
        """Go on after a delivery, if there is one by now."""
        departure = sign_in.departure
        if departure is None or sign_in.stage not in AWAY:
            return _show(sign_in)
        if self._delivery(departure.state) is None:
            return _show(sign_in)
        return self._answered(sign_in, self._resume_at)

    def _leave(
        self,
        sign_in: SignIn,
        trip: Trip,
        *,
        to: str,
        stage: Stage,
        depart: Callable[[], Leave],
        session: str | None = None,
    ) -> Next:
        try:
            leaving = depart()
        except RegionError as failed:
            return self._stay_with(sign_in, failed, session=session)
        departure = Departure(
            to=to,
            errand=trip.errand.value,
            state=trip.state,
            url=leaving.url,
            memory=dict(leaving.memory),
            user_agent=trip.user_agent,
        )
        gone = at_stage(replace(sign_in, departure=departure, last_state=trip.state), stage, self.equipment.now())
        if self._save(gone) is None:
            return Stay(sign_in=sign_in.id, locale=sign_in.locale, session=session)
        return Redirect(url=leaving.url, sign_in=sign_in.id, session=session)

    def _trip(self, sign_in: SignIn, errand: Errand, user_agent: str) -> Trip:
        state = self.equipment.new_token()[:STATE_LENGTH]
        return Trip(errand=errand, state=state, locale=sign_in.locale, user_agent=user_agent[:512])

    def _departed(self, to: str, query: Mapping[str, str], browser: str) -> SignIn:
        state = query.get("state", "")
        with self.equipment.open_work(write=False) as work:
            found = work.sign_ins.departed(state) if state else work.sign_ins.away(browser, to)
        # another browser's departure is answered like none: nobody is signed in through a link they were sent
        if found is None or found.browser != browser:
            raise NotFound("departure_unknown")
        return found

    def _answered(self, sign_in: SignIn, ask: Callable[[SignIn], Arrival | CheckResult]) -> Next:
        """Claim the return, ask the region, and write what came of it."""
        now = self.equipment.now()
        departure = sign_in.departure
        assert departure is not None
        if objection(sign_in, browser=sign_in.browser, at=now) is not None:
            return _show(sign_in)
        if departure.claimed_at is not None and now < departure.claimed_at + CLAIM_HOLDS:
            return _show(sign_in)
        claimed = self._save(replace(sign_in, departure=replace(departure, claimed_at=now)))
        if claimed is None:
            return _show(sign_in)
        try:
            arrival = ask(claimed)
        except RegionError as failed:
            return self._stay_with(at_stage(claimed, stage_before(claimed), now), failed)
        return self._after(claimed, arrival)

    def _after(self, sign_in: SignIn, arrival: Arrival | CheckResult) -> Next:
        departure = sign_in.departure
        assert departure is not None
        match arrival:
            case Leave(url=url, memory=memory):
                on = replace(departure, url=url, memory={**departure.memory, **memory}, claimed_at=None, waiting=False)
                saved = self._save(replace(sign_in, departure=on))
                return Redirect(url=url, sign_in=sign_in.id) if saved is not None else _show(sign_in)
            case Wait(poll_after=poll_after, memory=memory):
                on = replace(
                    departure,
                    memory={**departure.memory, **memory},
                    claimed_at=None,
                    waiting=True,
                    poll_seconds=poll_after.total_seconds(),
                )
                saved = self._save(replace(sign_in, departure=on))
                # the delivery may have come before we knew that we wait
                return _show(sign_in) if saved is None else self.resume(saved)
            case Arrived() | CheckResult():
                return self._landed(sign_in, arrival)

    def _landed(self, sign_in: SignIn, arrival: Arrived | CheckResult) -> Next:
        at = self.equipment.now()
        try:
            with self.equipment.open_work(write=True) as work:
                landed = land(self.equipment, work, sign_in, arrival, at=at)
                if work.sign_ins.save(landed.sign_in) is None:
                    return _show(sign_in)
                if sign_in.departure is not None:
                    work.sign_ins.forget_delivery(sign_in.departure.state)
                work.commit()
        except GatewayError as refused:
            back = at_stage(sign_in, stage_before(sign_in), at, problem=refused.reason)
            self._save(replace(back, departure=None))
            return _show(sign_in)
        return self._go(landed, sign_in)

    def _go(self, landed: Landed, before: SignIn) -> Next:
        # the identification that the link asked for: the second half of the way follows at once
        after = replace(landed.sign_in, revision=before.revision + 1)
        if landed.on_to_guangdong:
            return self.leave(
                after,
                to=Region.GUANGDONG,
                errand=Errand.IDENTIFY,
                stage=Stage.AWAY_GUANGDONG,
                user_agent="" if before.departure is None else before.departure.user_agent,
                session=landed.session,
            )
        return next_of(after, session=landed.session)

    def _arrive_at(self, sign_in: SignIn, callback: Callback) -> Arrival | CheckResult:
        departure = sign_in.departure
        assert departure is not None
        trip = self._trip_of(sign_in, departure)
        if departure.to == CHECK_SERVICE:
            service = self.equipment.face_check
            if service is None:
                raise StepRefused("check_service_absent")
            return service.arrive(callback, trip)
        return self.equipment.regions[Region(departure.to)].arrive(callback, trip)

    def _resume_at(self, sign_in: SignIn) -> Arrival:
        departure = sign_in.departure
        assert departure is not None
        return self.equipment.regions[Region(departure.to)].resume(self._trip_of(sign_in, departure))

    def _trip_of(self, sign_in: SignIn, departure: Departure) -> Trip:
        delivered = self._delivery(departure.state) or {}
        return Trip(
            errand=Errand(departure.errand),
            state=departure.state,
            locale=sign_in.locale,
            user_agent=departure.user_agent,
            memory={**departure.memory, **delivered},
        )

    def _delivery(self, state: str) -> Mapping[str, str] | None:
        with self.equipment.open_work(write=False) as work:
            return work.sign_ins.delivery(state)

    def _stay_with(self, sign_in: SignIn, failed: RegionError, *, session: str | None = None) -> Next:
        stage = sign_in.stage
        self._save(replace(at_stage(sign_in, stage, self.equipment.now(), problem=failed.reason), departure=None))
        return Stay(sign_in=sign_in.id, locale=sign_in.locale, session=session)

    def _save(self, sign_in: SignIn) -> SignIn | None:
        with self.equipment.open_work(write=True) as work:
            saved = work.sign_ins.save(sign_in)
            work.commit()
        return saved


def stage_before(sign_in: SignIn) -> Stage:
    """Where a person is put back when a trip comes to nothing."""
    errand = None if sign_in.departure is None else sign_in.departure.errand
    match sign_in.stage:
        case Stage.AWAY_GUANGDONG:
            return Stage.LINK
        case Stage.AWAY_CHECK:
            return Stage.CHECK_ANSWERED
        case Stage.AWAY if errand == Errand.CONFIRM:
            return Stage.STEP_UP
        case Stage.AWAY if sign_in.home is not None:
            return Stage.LINK
        case _:
            return Stage.CHOOSE_REGION


def next_of(sign_in: SignIn, *, session: str | None = None) -> Next:
    """Where the browser goes: to the agency with its answer, or to the page of the stage."""
    if sign_in.answer is not None and sign_in.stage in OVER:
        return Answer(response=sign_in.answer, sign_in=sign_in.id, session=session)
    return Stay(sign_in=sign_in.id, locale=sign_in.locale, session=session)


def waited_since(sign_in: SignIn, now: datetime) -> bool:
    """Whether an answer is being read at this moment by another request."""
    departure = sign_in.departure
    return departure is not None and departure.claimed_at is not None and now < departure.claimed_at + CLAIM_HOLDS


def _show(sign_in: SignIn) -> Stay:
    return Stay(sign_in=sign_in.id, locale=sign_in.locale)
