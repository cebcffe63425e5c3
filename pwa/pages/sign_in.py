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

from gateway.flows.stage_view import Next, Redirect, Waiting
from pwa.ports import SignIns
from pwa.site import Site
from pwa.views.sign_in import context, template

LONGEST_AGENT = 400
Form = Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInPages:
    site: Site
    sign_ins: SignIns

    def begin(self) -> Response:
        if self.site.signed_in() is not None:
            return self.site.go("/documents")
        return self.site.page("sign_in/begin.html")

    def start(self) -> Response:
        self.site.form()
        locale = self.site.reader().language.code
        return self._go_on(self.sign_ins.begin(browser=self.site.browser(), session=self.site.session(), locale=locale))

    def show(self, sign_in: str) -> Response:
        self.site.leads_outside()
        language = self.site.reader().language.code
        stage = self.sign_ins.view(sign_in, browser=self.site.browser(), locale=language)
        if isinstance(stage, Waiting) and stage.ready:
            return self._go_on(self.sign_ins.resume(sign_in, browser=self.site.browser()))
        return self.site.page(template(stage), **context(stage, language))

    def state(self, sign_in: str) -> Response:
        stage = self.sign_ins.view(sign_in, browser=self.site.browser(), locale=self.site.reader().language.code)
        return jsonify(waiting=isinstance(stage, Waiting) and not stage.ready)

    def act(self, sign_in: str, action: str) -> Response:
        step = ACTIONS.get(action)
        if step is None:
            abort(404)
        return self._go_on(step(self, sign_in, self.site.form()))

    def region(self, sign_in: str, form: Form) -> Next:
        return self.sign_ins.choose_region(
            sign_in, browser=self.site.browser(), region=form.get("region", ""), user_agent=user_agent()
        )

    def link(self, sign_in: str, _form: Form) -> Next:
        return self.sign_ins.link(sign_in, browser=self.site.browser(), user_agent=user_agent())

    def bind(self, sign_in: str, form: Form) -> Next:
        return self.sign_ins.bind(
            sign_in,
            browser=self.site.browser(),
            agree=agreed(form),
            shown=form.get("shown", ""),
            answer=self._how("bind", form),
        )

    def claims(self, sign_in: str, form: Form) -> Next:
        return self.sign_ins.answer_claims(
            sign_in,
            browser=self.site.browser(),
            agree=agreed(form),
            ticked=frozenset(request.form.getlist("claim")),
            shown=form.get("shown", ""),
            answer=self._how("claims", form),
        )

    def check(self, sign_in: str, form: Form) -> Next:
        return self.sign_ins.answer_check(
            sign_in,
            browser=self.site.browser(),
            agree=agreed(form),
            shown=form.get("shown", ""),
            answer=self._how("check", form),
        )

    def proceed(self, sign_in: str, _form: Form) -> Next:
        return self.sign_ins.proceed(sign_in, browser=self.site.browser(), user_agent=user_agent())

    def cancel(self, sign_in: str, _form: Form) -> Next:
        return self.sign_ins.cancel(sign_in, browser=self.site.browser())

    def restart(self, sign_in: str, _form: Form) -> Next:
        return self.sign_ins.restart(sign_in, browser=self.site.browser())

    def _how(self, question: str, form: Form) -> dict[str, object]:
        """How the question was answered, for the record: no more of the device than how the page was shown."""
        reader = self.site.reader()
        return {
            "method": "button",
            "control_id": f"{question}-{'agree' if agreed(form) else 'decline'}",
            "language": reader.language.tag,
            "modes": ["large"] if reader.large else [],
        }

    def _go_on(self, following: Next) -> Response:
        if isinstance(following, Redirect):
            response = self.site.leave(following.url)
        else:
            response = self.site.go(f"/sign-in/{following.sign_in}")
        if following.session is not None:
            self.site.cookies.set_secret(response, self.site.cookies.session, following.session)
        return response


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


def agreed(form: Form) -> bool:
    """Only the button that says so is a yes."""
    return form.get("answer") == "agree"


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
