"""Sign in: one address for each sign-in, which shows the stage it is at; each answer is a form of its own.

/sign-in                 begin one of the pages' own
/sign-in/{id}            the stage
/sign-in/{id}/state      for the waiting page: {"waiting": true}
/sign-in/{id}/stay       for who is asked whether they are still there: {"seconds": 900}
/sign-in/{id}/{action}   region, link, bind, claims, check, proceed, cancel, restart

Ids on what a person acts on: region-HK, region-MO, link-start, link-again, bind-agree, bind-decline, claim-{name},
claims-agree, claims-decline, check-agree, check-other-way, check-proceed, cancel, restart, continue-away, look-again,
go-on, back-to-agency; on what they read: match, mismatch, manual, reference, notice, n1…n15, stage-problem.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime

import msgspec
import orjson
from msgspec.structs import replace

from gateway.errors import StepRefused
from gateway.flows.sign_in import AnswerGiven
from gateway.flows.stage_view import (
    Answer,
    ChooseRegion,
    ClaimsQuestion,
    Link,
    Next,
    Over,
    Redirect,
    StageView,
    Stay,
    Waiting,
)
from gateway.frozen import Frozen
from pwa.address import Address
from pwa.errors import PageRefused
from pwa.plates import Plates
from pwa.ports import SignIns
from pwa.reply import HTML, JSON, Reply, leave
from pwa.site import Site
from pwa.views.sign_in import context, template
from pwa.visit import Fields, Visit

ALIKE = (ChooseRegion, Link, ClaimsQuestion)
NEVER = datetime(1, 1, 1, tzinfo=UTC)  # no page says when its sign-in ends
LONGEST_MODES = 64
LONGEST_NUMBER = 5
# Refusals that the page of the stage cannot show, because the stage has not changed.
BLOCKED = frozenset({"guangdong_account_taken", "check_service_absent", "method_not_graded"})


class SignInPages(Frozen):
    site: Site
    sign_ins: SignIns
    plates: Plates

    def begin(self, visit: Visit) -> Reply:
        if visit.here() is not None:
            return visit.go("/documents")
        return self.site.show(visit, "sign_in/begin.html")

    def start(self, visit: Visit) -> Reply:
        visit.form()
        return self._go_on(visit, self.sign_ins.begin(visit.browser, locale=visit.locale))

    def show(self, visit: Visit, sign_in: str) -> Reply:
        visit.leads_outside()
        stage = self.sign_ins.view(sign_in, visit.browser, locale=visit.locale)
        if isinstance(stage, Waiting) and stage.ready:
            return self._go_on(visit, self.sign_ins.resume(sign_in, visit.browser))
        return self._alike(visit, stage) if isinstance(stage, ALIKE) else self._stage(visit, stage)

    def state(self, visit: Visit, sign_in: str) -> Reply:
        stage = self.sign_ins.view(sign_in, visit.browser, locale=visit.locale, unasked=True)
        return Reply(kind=JSON, body=orjson.dumps({"waiting": isinstance(stage, Waiting) and not stage.ready}))

    def stay(self, visit: Visit, sign_in: str) -> Reply:
        """Being asked keeps sign-in and session alive; says for how many seconds, 0 when either has ended."""
        stage = self.sign_ins.view(sign_in, visit.browser, locale=visit.locale)
        return Reply(kind=JSON, body=orjson.dumps({"seconds": 0 if isinstance(stage, Over) else stage.session_lasts}))

    def act(self, visit: Visit, sign_in: str, action: str) -> Reply:
        step = ACTIONS.get(action)
        if step is None:
            raise PageRefused("not_found", status=404)
        form = visit.form()
        try:
            return self._go_on(visit, step(self, visit, sign_in, form))
        except StepRefused as refused:
            if refused.reason in BLOCKED:
                raise
            # the page of the stage says what has become of it, and offers to begin anew
            return visit.go(f"/sign-in/{sign_in}")

    def region(self, visit: Visit, sign_in: str, form: Fields) -> Next:
        return self.sign_ins.choose_region(
            sign_in,
            visit.browser,
            region=form.get("region", ""),
            locale=visit.locale,
            user_agent=visit.agent,
        )

    def link(self, visit: Visit, sign_in: str, _form: Fields) -> Next:
        return self.sign_ins.link(sign_in, visit.browser, locale=visit.locale, user_agent=visit.agent)

    def bind(self, visit: Visit, sign_in: str, form: Fields) -> Next:
        return self.sign_ins.bind(sign_in, visit.browser, _answer(visit, form, "bind-agree", "bind-decline"))

    def claims(self, visit: Visit, sign_in: str, form: Fields) -> Next:
        return self.sign_ins.agree_claims(
            sign_in,
            visit.browser,
            _answer(visit, form, "claims-agree", "claims-decline"),
            optional=frozenset(form.getlist("claim")),
        )

    def check(self, visit: Visit, sign_in: str, form: Fields) -> Next:
        answer = _answer(visit, form, "check-agree", "check-other-way")
        return self.sign_ins.answer_check(sign_in, visit.browser, answer)

    def proceed(self, visit: Visit, sign_in: str, form: Fields) -> Next:
        return self.sign_ins.proceed(
            sign_in,
            visit.browser,
            locale=visit.locale,
            user_agent=visit.agent,
            other_way=form.get("way") == "other",
        )

    def cancel(self, visit: Visit, sign_in: str, _form: Fields) -> Next:
        return self.sign_ins.cancel(sign_in, visit.browser)

    def restart(self, visit: Visit, sign_in: str, _form: Fields) -> Next:
        return self.sign_ins.restart(sign_in, visit.browser)

    def _alike(self, visit: Visit, stage: StageView) -> Reply:
        """A stage at which nothing shown is one person's own, but for what opens and protects the page."""
        reader = visit.reader
        if reader.place != f"/sign-in/{stage.id}":  # a query is kept when the language changes
            return self._stage(visit, stage)
        said = msgspec.json.encode(replace(stage, id="", expires_at=NEVER, session_lasts=0), enc_hook=dict)
        lasts = stage.session_lasts

        def print_page(own: Mapping[str, str]) -> Reply:
            here = replace(reader, place=f"/sign-in/{own['stage']}")
            return self._stage(
                visit,
                replace(stage, id=own["stage"]),
                reader=lambda: here,
                form_token=lambda: own["token"],
                session_lasts=lambda: own["lasts"] if lasts else 0,
            )

        return self.plates.page(
            (reader.language, reader.large, lasts > 0, type(stage), said),
            {"stage": stage.id, "token": visit.form_token(), "lasts": str(lasts)},
            print_page,
        )

    def _stage(self, visit: Visit, stage: StageView, **instead: object) -> Reply:
        stay = visit.reader.href(f"/sign-in/{stage.id}/stay")
        own = {"session_lasts": lambda: stage.session_lasts, "stay": stay, **instead}
        return self.site.show(visit, template(stage), context={**context(stage, visit.locale), **own})

    def _go_on(self, visit: Visit, following: Next) -> Reply:
        reply = _to(visit, following)
        if following.session is None:
            return reply
        cookie = self.site.cookies.secret(self.site.cookies.session, following.session)
        return replace(reply, headers=(*reply.headers, cookie))


ACTIONS: Mapping[str, Callable[[SignInPages, Visit, str, Fields], Next]] = {
    "region": SignInPages.region,
    "link": SignInPages.link,
    "bind": SignInPages.bind,
    "claims": SignInPages.claims,
    "check": SignInPages.check,
    "proceed": SignInPages.proceed,
    "cancel": SignInPages.cancel,
    "restart": SignInPages.restart,
}


def _answer(visit: Visit, form: Fields, yes: str, no: str) -> AnswerGiven:
    """Only the button that says so is a yes; anything else that is not its opposite is no answer."""
    if form.get("answer") not in {"agree", "decline"}:
        raise PageRefused("answer_missing", status=400)
    agree = form["answer"] == "agree"
    return AnswerGiven(
        agree=agree,
        shown=form.get("shown", ""),
        locale=visit.locale,
        control=yes if agree else no,
        device_class="phone" if "Mobi" in visit.agent else "desktop",
        modes=modes(form.get("modes", ""), large=visit.reader.large),
        audio_played_s=seconds(form.get("audio_played_s", "")),
    )


def _to(visit: Visit, following: Next) -> Reply:
    match following:
        case Redirect(url=url):
            return leave(url)
        case Answer(response=answer):
            back = answer.url
            if back is not None:
                return leave(back)
            policy = ("Content-Security-Policy", answer.content_security_policy)
            return Reply(kind=HTML, body=answer.document().encode(), headers=(policy,))
        case Stay(sign_in=sign_in):
            return visit.go(f"/sign-in/{sign_in}")


def modes(told: str, *, large: bool) -> frozenset[str]:
    """How the text was shown: large text is our own cookie, the rest is the browser's word."""
    return frozenset(told[:LONGEST_MODES].split()) - {"large"} | ({"large"} if large else set())


def seconds(told: str) -> int:
    """A number as the browser sends it; what is none counts as nothing."""
    return int(told) if told.isascii() and told.isdigit() and len(told) <= LONGEST_NUMBER else 0


def sign_in_addresses(site: Site, sign_ins: SignIns) -> tuple[Address, ...]:
    pages = SignInPages(site=site, sign_ins=sign_ins, plates=Plates("stage", "token", "lasts"))
    return (
        Address("GET", "/sign-in", pages.begin),
        Address("POST", "/sign-in", pages.start),
        Address("GET", "/sign-in/<sign_in>", pages.show),
        Address("GET", "/sign-in/<sign_in>/state", pages.state),
        Address("GET", "/sign-in/<sign_in>/stay", pages.stay),
        Address("POST", "/sign-in/<sign_in>/<action>", pages.act),
    )
