"""Sign in: one address for each sign-in, which shows the stage it is at; each answer is a form of its own.

/sign-in                 begin one of the pages' own
/sign-in/{id}            the stage
/sign-in/{id}/state      for the waiting page: {"waiting": true}
/sign-in/{id}/{action}   region, link, bind, claims, check, proceed, cancel, restart

Ids on what a person acts on: region-HK, region-MO, link-start, link-again, bind-agree, bind-decline, claim-{name},
claims-agree, claims-decline, check-agree, check-other-way, check-proceed, cancel, restart, continue-away, look-again,
go-on, back-to-agency; on what they read: match, mismatch, manual, reference, notice, n1…n15, stage-problem.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from flask import Blueprint, Response, abort, jsonify, request

from gateway.errors import StepRefused
from gateway.flows.sign_in import AnswerGiven
from gateway.flows.stage_view import Answer, Next, Redirect, Stay, Waiting
from pwa.ports import SignIns
from pwa.problems import PageRefused
from pwa.site import Site
from pwa.views.sign_in import context, template

LONGEST_AGENT = 400
LONGEST_MODES = 64
LONGEST_NUMBER = 5
# Refusals that the page of the stage cannot show, because the stage has not changed.
BLOCKED = frozenset({"guangdong_account_taken", "check_service_absent", "method_not_graded"})
Form = Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInPages:
    site: Site
    sign_ins: SignIns

    def begin(self) -> Response:
        if self.site.here() is not None:
            return self.site.go("/documents")
        return self.site.page("sign_in/begin.html")

    def start(self) -> Response:
        self.site.form()
        return self._go_on(self.sign_ins.begin(self.site.browser(), locale=self._locale))

    def show(self, sign_in: str) -> Response:
        self.site.leads_outside()
        self.site.here()  # reading is being there: a session that this sign-in rests on does not end meanwhile
        stage = self.sign_ins.view(sign_in, self.site.browser(), locale=self._locale)
        if isinstance(stage, Waiting) and stage.ready:
            return self._go_on(self.sign_ins.resume(sign_in, self.site.browser()))
        return self.site.page(template(stage), context=context(stage, self._locale))

    def state(self, sign_in: str) -> Response:
        stage = self.sign_ins.view(sign_in, self.site.browser(), locale=self._locale)
        return jsonify(waiting=isinstance(stage, Waiting) and not stage.ready)

    def act(self, sign_in: str, action: str) -> Response:
        step = ACTIONS.get(action)
        if step is None:
            abort(404)
        form = self.site.form()
        try:
            return self._go_on(step(self, sign_in, form))
        except StepRefused as refused:
            if refused.reason in BLOCKED:
                raise
            # the page of the stage says what has become of it, and offers to begin anew
            return self.site.go(f"/sign-in/{sign_in}")

    def region(self, sign_in: str, form: Form) -> Next:
        return self.sign_ins.choose_region(
            sign_in,
            self.site.browser(),
            region=form.get("region", ""),
            locale=self._locale,
            user_agent=user_agent(),
        )

    def link(self, sign_in: str, _form: Form) -> Next:
        return self.sign_ins.link(sign_in, self.site.browser(), locale=self._locale, user_agent=user_agent())

    def bind(self, sign_in: str, form: Form) -> Next:
        return self.sign_ins.bind(sign_in, self.site.browser(), self._answer(form, "bind-agree", "bind-decline"))

    def claims(self, sign_in: str, form: Form) -> Next:
        return self.sign_ins.agree_claims(
            sign_in,
            self.site.browser(),
            self._answer(form, "claims-agree", "claims-decline"),
            optional=frozenset(request.form.getlist("claim")),
        )

    def check(self, sign_in: str, form: Form) -> Next:
        answer = self._answer(form, "check-agree", "check-other-way")
        return self.sign_ins.answer_check(sign_in, self.site.browser(), answer)

    def proceed(self, sign_in: str, form: Form) -> Next:
        return self.sign_ins.proceed(
            sign_in,
            self.site.browser(),
            locale=self._locale,
            user_agent=user_agent(),
            other_way=form.get("way") == "other",
        )

    def cancel(self, sign_in: str, _form: Form) -> Next:
        return self.sign_ins.cancel(sign_in, self.site.browser())

    def restart(self, sign_in: str, _form: Form) -> Next:
        return self.sign_ins.restart(sign_in, self.site.browser())

    @property
    def _locale(self) -> str:
        return self.site.reader().language.code

    def _answer(self, form: Form, yes: str, no: str) -> AnswerGiven:
        """Only the button that says so is a yes; anything else that is not its opposite is no answer."""
        if form.get("answer") not in {"agree", "decline"}:
            raise PageRefused("answer_missing", status=400)
        agree = form["answer"] == "agree"
        return AnswerGiven(
            agree=agree,
            shown=form.get("shown", ""),
            locale=self._locale,
            control=yes if agree else no,
            device_class="phone" if "Mobi" in user_agent() else "desktop",
            modes=modes(form.get("modes", ""), large=self.site.reader().large),
            audio_played_s=seconds(form.get("audio_played_s", "")),
        )

    def _go_on(self, following: Next) -> Response:
        response = self._to(following)
        if following.session is not None:
            self.site.cookies.set_secret(response, self.site.cookies.session, following.session)
        return response

    def _to(self, following: Next) -> Response:
        match following:
            case Redirect(url=url):
                return self.site.leave(url)
            case Answer(response=answer):
                if answer.url is not None:
                    return self.site.leave(answer.url)
                headers = {"Content-Security-Policy": answer.content_security_policy}
                return Response(answer.document(), mimetype="text/html", headers=headers)
            case Stay(sign_in=sign_in):
                return self.site.go(f"/sign-in/{sign_in}")


ACTIONS: Mapping[str, Callable[[SignInPages, str, Form], Next]] = {
    "region": SignInPages.region,
    "link": SignInPages.link,
    "bind": SignInPages.bind,
    "claims": SignInPages.claims,
    "check": SignInPages.check,
    "proceed": SignInPages.proceed,
    "cancel": SignInPages.cancel,
    "restart": SignInPages.restart,
}


def modes(told: str, *, large: bool) -> frozenset[str]:
    """How the text was shown: large text is our own cookie, the rest is the browser's word."""
    return frozenset(told[:LONGEST_MODES].split()) - {"large"} | ({"large"} if large else set())


def seconds(told: str) -> int:
    """A number as the browser sends it; what is none counts as nothing."""
    return int(told) if told.isascii() and told.isdigit() and len(told) <= LONGEST_NUMBER else 0


def user_agent() -> str:
    """Some regions open their app by it (iAM Smart's getQR); it is not kept."""
    return request.headers.get("User-Agent", "")[:LONGEST_AGENT]


def sign_in_pages(site: Site, sign_ins: SignIns) -> Blueprint:
    pages = SignInPages(site=site, sign_ins=sign_ins)
    blueprint = Blueprint("sign_in", __name__)
    blueprint.add_url_rule("/sign-in", "begin", pages.begin)
    blueprint.add_url_rule("/sign-in", "start", pages.start, methods=["POST"])
    blueprint.add_url_rule("/sign-in/<sign_in>", "show", pages.show)
    blueprint.add_url_rule("/sign-in/<sign_in>/state", "state", pages.state)
    blueprint.add_url_rule("/sign-in/<sign_in>/<action>", "act", pages.act, methods=["POST"])
    return blueprint
