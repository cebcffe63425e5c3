"""A person's trips: leaving for a region or the check service, and coming back.

Nothing is held across a network call: the sign-in is read, its return claimed, the region spoken to, and the outcome
written only if nobody else wrote meanwhile. A second callback, a reload or another tab finds the claim or the new
stage, and is shown where the person is.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from msgspec.structs import replace

from gateway.errors import BUSY, GatewayError, NotFound, Outrun, RegionError, RegionUnavailable, StepRefused
from gateway.flows.equipment import Equipment, cookie_hash
from gateway.flows.landing import Landed, land
from gateway.flows.onward import at_stage
from gateway.flows.stage_view import Answer, Next, Redirect, Stay
from gateway.frozen import Frozen
from gateway.identity.region import Region
from gateway.oidc.next_step import oldest
from gateway.oidc.sign_in import AWAY, OVER, Departure, SignIn, Stage, objection
from gateway.ports.regions import LONGEST_BROUGHT, Arrival, Arrived, Callback, CheckResult, Errand, Leave, Trip, Wait
from gateway.ports.work import Work

CHECK_SERVICE = "check"
# A claim that is older than this belonged to a process that is gone.
CLAIM_HOLDS = timedelta(seconds=45)
STATE_LENGTH = 32


class Back(Frozen):
    """A return that this request has claimed: the sign-in, and what its region is asked with."""

    sign_in: SignIn
    to: str
    trip: Trip
    delivered: bool  # whether something came from server to server


class Trips(Frozen):
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
        """The browser is back from `to`. Raises NotFound when no departure of this browser fits.

        Raises RegionUnavailable (`upstream_busy`) when there is no place to speak to the region from: nothing is
        used up, and the same return may be tried again.
        """
        with self.equipment.open_work(write=True) as work:
            found = self._departed(work, query, cookie_hash(browser), to)
            # whoever can send a browser here can send it without a state: that shows the way on, and uses up nothing
            is_back = found is not None and "state" in query and _is_away(found, to)
            back = self._claim(work, found) if found is not None and is_back else None
        if found is None:
            raise NotFound("departure_unknown")
        if back is None:
            return _show(found)
        bounded = {name: value for name, value in query.items() if len(value) <= LONGEST_BROUGHT}
        return self._answered(back, lambda: self._arrive_at(back, Callback(query=bounded)))

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
        if sign_in.departure is None or sign_in.stage not in AWAY:
            return _show(sign_in)
        with self.equipment.open_work(write=True) as work:
            delivered = work.sign_ins.delivery(sign_in.departure.state) is not None
            back = self._claim(work, sign_in) if delivered else None
        if back is None:
            return _show(sign_in)
        try:
            return self._answered(back, lambda: self._resume_at(back))
        except RegionUnavailable:
            return _show(sign_in)  # the page that waits will ask again

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
        gone = at_stage(sign_in, stage, self.equipment.now(), departure=departure, last_state=trip.state)
        if self._save(gone) is None:
            return Stay(sign_in=sign_in.id, locale=sign_in.locale, session=session)
        return Redirect(url=leaving.url, sign_in=sign_in.id, session=session)

    def _trip(self, sign_in: SignIn, errand: Errand, user_agent: str) -> Trip:
        state = self.equipment.new_token()[:STATE_LENGTH]
        return Trip(
            errand=errand,
            state=state,
            locale=sign_in.locale,
            user_agent=user_agent[:512],
            max_age=None if sign_in.request is None else oldest(sign_in.request),
        )

    def _departed(self, work: Work, query: Mapping[str, str], browser: str, to: str) -> SignIn | None:
        state = query.get("state", "")
        found = work.sign_ins.departed(state) if state else work.sign_ins.away(browser, to)
        # another browser's departure is answered like none: nobody is signed in through a link they were sent
        return found if found is not None and found.browser == browser else None

    def _claim(self, work: Work, sign_in: SignIn) -> Back | None:
        """Take this return for ourselves, and keep that; None when it is over, or another request reads it."""
        now, departure = self.equipment.now(), sign_in.departure
        assert departure is not None
        if objection(sign_in, browser=sign_in.browser, at=now) is not None:
            return None
        delivered = work.sign_ins.claim(sign_in, at=now, lapsed=now - CLAIM_HOLDS)
        if delivered is None:
            return None
        trip = Trip(
            errand=Errand(departure.errand),
            state=departure.state,
            locale=sign_in.locale,
            user_agent=departure.user_agent,
            memory={**departure.memory, **delivered},
        )
        return Back(sign_in=sign_in, to=departure.to, trip=trip, delivered=bool(delivered))

    def _answered(self, back: Back, ask: Callable[[], Arrival | CheckResult]) -> Next:
        """Ask the region, and write what came of it."""
        try:
            arrival = ask()
        except RegionError as failed:
            claimed = back.sign_in
            if failed.reason == BUSY:
                self._save(claimed)  # claimed no longer
                raise
            return self._stay_with(at_stage(claimed, stage_before(claimed), self.equipment.now()), failed)
        return self._after(back, arrival)

    def _after(self, back: Back, arrival: Arrival | CheckResult) -> Next:
        sign_in, departure = back.sign_in, back.sign_in.departure
        assert departure is not None
        match arrival:
            case Leave(url=url, memory=memory):
                on = replace(departure, url=url, memory={**departure.memory, **memory}, waiting=False)
                saved = self._save(replace(sign_in, departure=on))
                return Redirect(url=url, sign_in=sign_in.id) if saved is not None else _show(sign_in)
            case Wait(poll_after=poll_after, memory=memory):
                on = replace(
                    departure,
                    memory={**departure.memory, **memory},
                    waiting=True,
                    poll_seconds=poll_after.total_seconds(),
                )
                saved = self._save(replace(sign_in, departure=on))
                # the delivery may have come before we knew that we wait
                return _show(sign_in) if saved is None else self.resume(saved)
            case Arrived() | CheckResult():
                return self._landed(back, arrival)

    def _landed(self, back: Back, arrival: Arrived | CheckResult) -> Next:
        sign_in, at = back.sign_in, self.equipment.now()
        try:
            with self.equipment.open_work(write=True) as work:
                landed = land(self.equipment, work, sign_in, arrival, at=at)
                after = work.sign_ins.keep(landed.sign_in)
                if back.delivered:
                    work.sign_ins.forget_delivery(back.trip.state)
                work.commit()
        except Outrun:
            return _show(sign_in)
        except GatewayError as refused:
            self._save(at_stage(sign_in, stage_before(sign_in), at, problem=refused.reason, departure=None))
            return _show(sign_in)
        return self._go(landed, after, before=sign_in)

    def _go(self, landed: Landed, after: SignIn, *, before: SignIn) -> Next:
        # the identification that the link asked for: the second half of the way follows at once
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

    def _arrive_at(self, back: Back, callback: Callback) -> Arrival | CheckResult:
        if back.to != CHECK_SERVICE:
            return self.equipment.regions[Region(back.to)].arrive(callback, back.trip)
        service = self.equipment.face_check
        if service is None:
            raise StepRefused("check_service_absent")
        return service.arrive(callback, back.trip)

    def _resume_at(self, back: Back) -> Arrival:
        return self.equipment.regions[Region(back.to)].resume(back.trip)

    def _stay_with(self, sign_in: SignIn, failed: RegionError, *, session: str | None = None) -> Next:
        stage = sign_in.stage
        self._save(at_stage(sign_in, stage, self.equipment.now(), problem=failed.reason, departure=None))
        return Stay(sign_in=sign_in.id, locale=sign_in.locale, session=session)

    def _save(self, sign_in: SignIn) -> SignIn | None:
        try:
            with self.equipment.open_work(write=True) as work:
                saved = work.sign_ins.keep(sign_in)
                work.commit()
        except Outrun:
            return None
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


def _is_away(sign_in: SignIn, to: str) -> bool:
    """Whether a return from there is what this sign-in waits for."""
    departure = sign_in.departure
    return departure is not None and departure.to == to and sign_in.stage in AWAY and not departure.waiting


def claim_holds(work: Work, sign_in: SignIn, now: datetime) -> bool:
    """Whether an answer is being read at this moment by another request."""
    since = work.sign_ins.claimed_at(sign_in.id)
    return since is not None and now < since + CLAIM_HOLDS


def _show(sign_in: SignIn) -> Stay:
    return Stay(sign_in=sign_in.id, locale=sign_in.locale)
