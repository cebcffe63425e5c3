"""A person's steps through a sign-in, one method an action of the page; `view` says what the page shows.

An action that comes twice, late or from another tab changes nothing and leads to where the sign-in is by now. An id
that this browser did not start is answered as unknown.
"""

from collections.abc import Mapping
from datetime import datetime

from msgspec.structs import replace

from gateway.errors import NotFound, Outrun, StepRefused
from gateway.flows import question_texts
from gateway.flows.answer_check import answer_check, leave_unanswered
from gateway.flows.answer_claims import agree, decline
from gateway.flows.bind import bind
from gateway.flows.close_review import close_review_of
from gateway.flows.equipment import Equipment, cookie_hash
from gateway.flows.onward import Standing, at_stage, end, standing_on
from gateway.flows.show_stage import NEEDS_SESSION, show_stage
from gateway.flows.stage_view import Next, StageView, Stay
from gateway.flows.trips import Trips, next_of
from gateway.frozen import Frozen
from gateway.identity import binding
from gateway.identity.check import Way
from gateway.identity.consent import stands
from gateway.identity.notice import ShownNotice
from gateway.identity.region import Region
from gateway.identity.session import Session, needs_touch
from gateway.oidc.authorization_request import AuthorizationRequest
from gateway.oidc.sign_in import AWAY, OVER, SignIn, Stage, Verdict, objection
from gateway.ports.backings import Backing
from gateway.ports.regions import Errand
from gateway.ports.work import Work

TEXT_CHANGED = "text_changed"
MODES = ("large", "dark", "forced-colors")  # ways of showing that a record names; any other is dropped
LONGEST_AUDIO = 3600  # seconds; what a browser tells is bounded


class AnswerGiven(Frozen):
    """How a question was answered on the page: `shown` is the hash of the text the page held, as a hidden field."""

    agree: bool
    shown: str
    locale: str
    control: str = ""  # the id of the button
    device_class: str = "unknown"  # phone, tablet, desktop; never a fingerprint
    modes: frozenset[str] = frozenset()
    audio_played_s: int = 0  # how long the text was read aloud, as the browser says

    def facts(self) -> dict[str, object]:
        return {
            "method": "button",
            "control_id": self.control[:64],
            "device_class": self.device_class[:16],
            "modes": [mode for mode in MODES if mode in self.modes],
            "audio_played_s": min(max(self.audio_played_s, 0), LONGEST_AUDIO),
        }


class SignIns(Frozen):
    equipment: Equipment

    def begin(self, browser: str, *, locale: str, request: AuthorizationRequest | None = None) -> Stay:
        """A sign-in of the person's own (or, with a request, an agency's), at the choice of region."""
        started = new_sign_in(self.equipment, browser=cookie_hash(browser), locale=locale, request=request)
        with self.equipment.open_work(write=True) as work:
            work.sign_ins.add(started)
            work.commit()
        return Stay(sign_in=started.id, locale=locale)

    def view(self, sign_in_id: str, browser: str, *, locale: str, unasked: bool = False) -> StageView:
        """What the page shows now. Raises NotFound for a sign-in that this browser did not start.

        Reading is being there: neither the sign-in nor the session that it rests on ends meanwhile, unless it is the
        page that looks, unasked.
        """
        with self.equipment.open_work(write=False) as work:
            (sign_in, found), at = self._own_with_session(work, sign_in_id, browser), self.equipment.now()
            now = standing_on(self.equipment, work, sign_in, found, at=at)
            used = None if unasked or now.session is None else now.session
            if used is None or not needs_touch(used, at):
                return show_stage(self.equipment, work, sign_in, now, locale=locale, at=at)
            now = replace(now, session=replace(used, seen_at=at))
            shown = show_stage(self.equipment, work, sign_in, now, locale=locale, at=at)
            work.begin_to_write()
            work.sessions.touch(used.id, at=at)
            if sign_in.stage in NEEDS_SESSION - AWAY and at < sign_in.expires_at:
                # kept only if no other tab has gone on meanwhile
                work.sign_ins.save(replace(sign_in, expires_at=at + self.equipment.settings.sign_in_lifetime))
            work.commit()
            return shown

    def choose_region(self, sign_in_id: str, browser: str, *, region: str, locale: str, user_agent: str) -> Next:
        """Leave for the region of home."""
        chosen = next((code for code in self.equipment.homes if code.value == region), None)
        if chosen is None:
            raise StepRefused("region_unknown")
        with self.equipment.open_work(write=False) as work:
            found, known = work.sign_ins.find_with_home(sign_in_id, chosen) or (None, False)
        sign_in = self._living(_of(browser, found))
        if sign_in.stage is not Stage.CHOOSE_REGION:
            return next_of(sign_in)
        # attributes are asked for only where a binding may have to be made
        errand = Errand.AUTHENTICATE if known else Errand.IDENTIFY
        going = replace(sign_in, region=chosen, locale=locale)
        return self._trips.leave(going, to=chosen, errand=errand, stage=Stage.AWAY, user_agent=user_agent)

    def arrive(self, to: str, query: Mapping[str, str], browser: str) -> Next:
        """Back from a region (its code) or from the check service (`check`)."""
        return self._trips.arrive(to, query, browser=browser)

    def receive(self, region: str, kind: str, headers: Mapping[str, str], body: bytes) -> None:
        """A delivery from server to server."""
        if region not in {code.value for code in self.equipment.regions}:
            raise NotFound("region_not_offered")
        self._trips.receive(Region(region), kind, headers, body)

    def resume(self, sign_in_id: str, browser: str) -> Next:
        """Go on when the view says that the awaited answer is there."""
        with self.equipment.open_work(write=False) as work:
            sign_in = self._live(work, sign_in_id, browser)
        return self._trips.resume(sign_in)

    def link(self, sign_in_id: str, browser: str, *, locale: str, user_agent: str) -> Next:
        """Leave for Guangdong to be compared; first once more for home where its attributes are not known yet."""
        with self.equipment.open_work(write=False) as work:
            sign_in = self._live(work, sign_in_id, browser)
        again = sign_in.decided is not None and sign_in.decided.verdict is Verdict.MISMATCH
        if sign_in.home is None or not (sign_in.stage is Stage.LINK or (sign_in.stage is Stage.DECISION and again)):
            return next_of(sign_in)
        going = replace(sign_in, locale=locale, decided=None)
        if sign_in.home.attributes is None:
            home = sign_in.home.region
            return self._trips.leave(going, to=home, errand=Errand.IDENTIFY, stage=Stage.AWAY, user_agent=user_agent)
        return self._trips.leave(
            going, to=Region.GUANGDONG, errand=Errand.IDENTIFY, stage=Stage.AWAY_GUANGDONG, user_agent=user_agent
        )

    def bind(self, sign_in_id: str, browser: str, answer: AnswerGiven) -> Next:
        """Bind, or leave everything as it was."""
        with self.equipment.open_work(write=True) as work:
            sign_in, at = self._live(work, sign_in_id, browser), self.equipment.now()
            decided = sign_in.decided
            if sign_in.stage is not Stage.DECISION or decided is None or decided.verdict is not Verdict.MATCH:
                return next_of(sign_in)
            assert sign_in.home is not None
            assert sign_in.guangdong is not None
            if not answer.agree:
                close_review_of(work, decided, at=at, why="declined")  # the notice says: then nothing is kept
                over = end(self.equipment, work, sign_in, code="access_denied", reason="binding_declined", at=at)
                return self._keep(work, over)
            kept = binding.kept(binding.profile(sign_in.home, sign_in.guangdong))
            shown = question_texts.binding(self.equipment, home=sign_in.home.region, kept=kept, language=answer.locale)
            if shown.text_sha256 != answer.shown:
                return self._ask_again(work, sign_in, at)
            bound, session = bind(
                self.equipment, work, replace(sign_in, locale=answer.locale), shown, at=at, answer=answer.facts()
            )
            return self._keep(work, bound, session=session)

    def agree_claims(self, sign_in_id: str, browser: str, answer: AnswerGiven, *, optional: frozenset[str]) -> Next:
        """Let the agency be told what it needs and those voluntary claims that were ticked; or nothing."""
        with self.equipment.open_work(write=True) as work:
            sign_in, now, at = self._at_question(work, sign_in_id, browser)
            if sign_in.stage is not Stage.CLAIMS or now.client is None:
                return next_of(sign_in)
            shown = question_texts.claims(
                self.equipment, client=now.client, weighed=now.weighed, language=answer.locale
            )
            if shown.text_sha256 != answer.shown:
                return self._ask_again(work, sign_in, at, seen=now.session)
            going, facts = _speaking(sign_in, answer.locale), answer.facts()
            if answer.agree:
                after = agree(self.equipment, work, going, now, shown, ticked=optional, at=at, answer=facts)
            else:
                after = decline(self.equipment, work, going, now, shown, at=at, answer=facts)
            return self._keep(work, after, seen=now.session)

    def answer_check(self, sign_in_id: str, browser: str, answer: AnswerGiven) -> Next:
        """Agree to the biometric check, or choose the other way."""
        with self.equipment.open_work(write=True) as work:
            sign_in, now, at = self._at_question(work, sign_in_id, browser)
            if sign_in.stage is not Stage.CHECK or sign_in.check is None:
                return next_of(sign_in)
            shown = self._check_text(now, answer.locale)
            if shown.text_sha256 != answer.shown:
                return self._ask_again(work, sign_in, at, seen=now.session)
            going = _speaking(sign_in, answer.locale)
            after = answer_check(work, going, shown, agree=answer.agree, at=at, answer=answer.facts())
            return self._keep(work, after, seen=now.session)

    def proceed(self, sign_in_id: str, browser: str, *, locale: str, user_agent: str, other_way: bool = False) -> Next:
        """Go on from the recorded answer by its way (or, after all, by the other), or to a stronger sign-in."""
        with self.equipment.open_work(write=False) as work:
            sign_in, now, at = self._at_question(work, sign_in_id, browser)
            progress = sign_in.check
            record = None if progress is None else work.consents.find(progress.record)
        session = now.session
        if session is None or sign_in.stage not in (Stage.STEP_UP, Stage.CHECK_ANSWERED):
            return next_of(sign_in)
        going = replace(sign_in, locale=locale)
        if sign_in.stage is Stage.STEP_UP:
            return self._trips.leave(
                going, to=session.home, errand=Errand.CONFIRM, stage=Stage.AWAY, user_agent=user_agent
            )
        assert progress is not None
        assert now.check is not None
        agreed = record is not None and stands(record, at) and progress.way is Way.FACE
        if agreed and not other_way:
            assert now.client is not None
            hint = self.equipment.subjects.of(session.account, now.client.agency)
            return self._trips.leave_for_check(
                going, subject_hint=hint, application=now.check.application, user_agent=user_agent
            )
        going = replace(going, check=replace(progress, way=Way.CONFIRMATION_AT_HOME))
        return self._trips.leave(
            going, to=session.home, errand=Errand.CONFIRM, stage=Stage.AWAY_CHECK, user_agent=user_agent
        )

    def cancel(self, sign_in_id: str, browser: str) -> Next:
        """Leave: the agency is told that access was denied, and a question that was open counts as unanswered."""
        with self.equipment.open_work(write=True) as work:
            sign_in, at = self._own(work, sign_in_id, browser), self.equipment.now()
            if sign_in.stage in OVER:
                return next_of(sign_in)
            leave_unanswered(work, sign_in, at=at, why="cancelled")
            over = end(self.equipment, work, sign_in, code="access_denied", reason="cancelled", at=at)
            return self._keep(work, over)

    def restart(self, sign_in_id: str, browser: str) -> Next:
        """Begin anew with the agency's request, unless the agency has its answer."""
        with self.equipment.open_work(write=True) as work:
            sign_in, at = self._own(work, sign_in_id, browser), self.equipment.now()
            if sign_in.answer is not None:
                return next_of(sign_in)
            leave_unanswered(work, sign_in, at=at, why="restarted")
            if sign_in.stage not in OVER:
                over = end(self.equipment, work, sign_in, code="", reason="restarted", at=at, tell=False)
                if work.sign_ins.save(over) is None:
                    return next_of(sign_in)
            begun = new_sign_in(self.equipment, browser=sign_in.browser, locale=sign_in.locale, request=sign_in.request)
            work.sign_ins.add(begun)
            work.commit()
            return next_of(begun)

    @property
    def _trips(self) -> Trips:
        return Trips(equipment=self.equipment)

    def _own(self, work: Work, sign_in_id: str, browser: str) -> SignIn:
        return _of(browser, work.sign_ins.find(sign_in_id))

    def _own_with_session(
        self, work: Work, sign_in_id: str, browser: str
    ) -> tuple[SignIn, tuple[Session, Backing] | None]:
        sign_in, rests_on = work.backings.of_sign_in(sign_in_id) or (None, None)
        return _of(browser, sign_in), rests_on

    def _live(self, work: Work, sign_in_id: str, browser: str) -> SignIn:
        return self._living(self._own(work, sign_in_id, browser))

    def _living(self, sign_in: SignIn) -> SignIn:
        """Raises StepRefused when its time is over; the page then offers to start anew."""
        objected = objection(sign_in, browser=sign_in.browser, at=self.equipment.now())
        if objected is not None:
            raise StepRefused(objected)
        return sign_in

    def _at_question(self, work: Work, sign_in_id: str, browser: str) -> tuple[SignIn, Standing, datetime]:
        (sign_in, found), at = self._own_with_session(work, sign_in_id, browser), self.equipment.now()
        now = standing_on(self.equipment, work, self._living(sign_in), found, at=at)
        if sign_in.stage in NEEDS_SESSION and now.session is None:
            raise StepRefused("session_ended")
        return sign_in, now, at

    def _check_text(self, now: Standing, locale: str) -> ShownNotice:
        assert now.session is not None
        assert now.client is not None
        assert now.check is not None
        assert now.purpose is not None
        return question_texts.check(
            self.equipment,
            client=now.client,
            asked=now.check,
            purpose=now.purpose,
            home=now.session.home,
            language=locale,
        )

    def _ask_again(self, work: Work, sign_in: SignIn, at: datetime, *, seen: Session | None = None) -> Next:
        """The text on the page was not the one that holds now: it is shown anew, and nothing is taken as agreed."""
        return self._keep(work, at_stage(sign_in, sign_in.stage, at, problem=TEXT_CHANGED), seen=seen)

    def _keep(self, work: Work, sign_in: SignIn, *, seen: Session | None = None, session: str | None = None) -> Next:
        at = self.equipment.now()
        if seen is not None and needs_touch(seen, at):
            work.sessions.touch(seen.id, at=at)
        try:
            work.sign_ins.keep(sign_in)
            work.commit()
        except Outrun:  # another tab was quicker: nothing of this is kept
            return Stay(sign_in=sign_in.id, locale=sign_in.locale)
        return next_of(sign_in, session=session)


def _of(browser: str, sign_in: SignIn | None) -> SignIn:
    """Raises NotFound unless it is this browser's."""
    if sign_in is None or sign_in.browser != cookie_hash(browser):
        raise NotFound("sign_in_unknown")
    return sign_in


def _speaking(sign_in: SignIn, locale: str) -> SignIn:
    return sign_in if sign_in.locale == locale else replace(sign_in, locale=locale)


def new_sign_in(
    equipment: Equipment,
    *,
    browser: str,
    locale: str,
    request: AuthorizationRequest | None,
    session: Session | None = None,
    at: datetime | None = None,
) -> SignIn:
    """A sign-in that begins now, with nobody known or with the session that this browser has."""
    at = at or equipment.now()
    return SignIn(
        id=equipment.new_token(),
        browser=browser,
        request=request,
        locale=locale,
        session=None if session is None else session.id,
        account=None if session is None else session.account,
        region=None if session is None else session.home,
        stage_since=at,
        created_at=at,
        expires_at=at + equipment.settings.sign_in_lifetime,
    )
