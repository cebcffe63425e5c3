"""Begin what an agency's request needs of a person: nothing, a sign-in, or an error."""

from dataclasses import dataclass, replace

from gateway.flows.equipment import Equipment, cookie_hash
from gateway.flows.onward import decide, onward, permission, standing
from gateway.flows.sign_in import new_sign_in
from gateway.identity import check
from gateway.identity.check import CheckAsked
from gateway.identity.notice import LANGUAGES
from gateway.identity.session import objection
from gateway.oidc.authorization_request import AuthorizationRequest
from gateway.oidc.next_step import Done, silently
from gateway.oidc.permission import Permission
from gateway.oidc.sign_in import SignIn
from gateway.ports.person_steps import Missing, SignInStarted
from gateway.ports.work import Work

DEFAULT_LOCALE = "zh-Hant"


@dataclass(frozen=True, slots=True, kw_only=True)
class BeginSteps:
    """PersonSteps over the resident's flows."""

    equipment: Equipment

    def begin(
        self, request: AuthorizationRequest, *, browser: str, session: str | None
    ) -> Permission | SignInStarted | Missing:
        """A live session and standing consents may suffice; otherwise a sign-in is parked at its first question."""
        at = self.equipment.now()
        locale = next((wanted for wanted in request.ui_locales if wanted in LANGUAGES), None)
        begun = new_sign_in(
            self.equipment, browser=cookie_hash(browser), locale=locale or DEFAULT_LOCALE, request=request
        )
        with self.equipment.open_work(write=False) as work:
            begun = self._with_session(work, begun, session)
            now = standing(self.equipment, work, begun, at=at)
            step = decide(self.equipment, work, begun, now, at=at)
        objected = self._objection(request, None if now.client is None else now.client.agency)
        if objected is not None:
            return Missing(code="invalid_authorization_details", reason=objected)
        if isinstance(step, Done):
            return permission(begun, now)
        if "none" in request.prompt:
            return Missing(code=silently(step) or "interaction_required", reason="prompt_none")
        with self.equipment.open_work(write=True) as work:
            parked = onward(self.equipment, work, begun, at=at, now=now)
            work.sign_ins.add(parked)
            work.commit()
        return SignInStarted(sign_in=parked.id, locale=locale)

    def _with_session(self, work: Work, begun: SignIn, cookie: str | None) -> SignIn:
        found = None if not cookie else work.sessions.find(cookie_hash(cookie))
        if found is None or objection(
            found, browser=begun.browser, at=begun.created_at, lifetime=self.equipment.lifetime
        ):
            return begun
        return replace(begun, session=found.id, account=found.account, region=found.home)

    def _objection(self, request: AuthorizationRequest, agency: str | None) -> str | None:
        """A check that nobody could be asked about is refused before anybody is bothered."""
        asked = check.read(request.authorization_details)
        if asked is None or agency is None:
            return None
        if not isinstance(asked, CheckAsked):
            return asked
        return check.objection(asked, agency, self.equipment.purposes)
