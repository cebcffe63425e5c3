"""Begin what an agency's request needs of a person: nothing, a sign-in, or an error."""

from datetime import datetime

from gateway.flows.equipment import Equipment, cookie_hash
from gateway.flows.onward import decide, onward, permission, standing_of, usable
from gateway.flows.sign_in import new_sign_in
from gateway.frozen import Frozen
from gateway.identity import check
from gateway.identity.check import CheckAsked
from gateway.identity.notice import LANGUAGES
from gateway.oidc.authorization_request import AuthorizationRequest
from gateway.oidc.next_step import Done, silently
from gateway.oidc.permission import Permission
from gateway.ports.person_steps import Missing, SignInStarted
from gateway.ports.work import Work

DEFAULT_LOCALE = "zh-Hant"


class BeginSteps(Frozen):
    """PersonSteps over the resident's flows."""

    equipment: Equipment

    def begin(
        self, request: AuthorizationRequest, *, browser: str, session: str | None, work: Work, at: datetime
    ) -> Permission | SignInStarted | Missing:
        """A live session and standing consents may suffice; otherwise a sign-in is parked at its first question."""
        locale = next((wanted for wanted in request.ui_locales if wanted in LANGUAGES), None)
        owner = cookie_hash(browser)
        present = session and work.backings.of_session(cookie_hash(session), client=request.client)
        found, backing = usable(self.equipment, present or None, browser=owner, at=at)
        begun = new_sign_in(
            self.equipment, browser=owner, locale=locale or DEFAULT_LOCALE, request=request, session=found, at=at
        )
        now = standing_of(
            self.equipment, work, begun, session=found, binding=backing.binding, agreed=backing.consent, at=at
        )
        step = decide(self.equipment, work, begun, now, at=at)
        objected = self._objection(request, None if now.client is None else now.client.agency)
        if objected is not None:
            return Missing(code="invalid_authorization_details", reason=objected)
        if isinstance(step, Done):
            return permission(begun, now)
        if "none" in request.prompt:
            return Missing(code=silently(step) or "interaction_required", reason="prompt_none")
        work.begin_to_write()
        parked = onward(self.equipment, work, begun, at=at, now=now)
        work.sign_ins.add(parked)
        work.commit()
        return SignInStarted(sign_in=parked.id, locale=locale)

    def _objection(self, request: AuthorizationRequest, agency: str | None) -> str | None:
        """A check that nobody could be asked about is refused before anybody is bothered."""
        if not request.authorization_details:
            return None
        asked = check.read(request.authorization_details)
        if asked is None or agency is None:
            return None
        if not isinstance(asked, CheckAsked):
            return asked
        return check.objection(asked, agency, self.equipment.purposes)
