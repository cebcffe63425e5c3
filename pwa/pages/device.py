"""Sign in for a kiosk or a counter: type the code on its screen, compare, go on (RFC 8628 §3.3).

/device                 type the code
/device?user_code=…     compare it, and see who asks and where; a kiosk may show this address as a QR code
/device?outcome=…       how it ended

Ids: device-code, device-continue, device-agree, device-decline, device-again; device-user-code, device-agency,
device-purpose, device-place, device-problem, device-allowed, device-refused, device-expired.
"""

from urllib.parse import quote

from flask import Blueprint, Response, request

from gateway.errors import StepRefused
from gateway.flows.stage_view import Answer, Stay
from gateway.frozen import Frozen
from pwa.explain import text_for
from pwa.ports import Devices
from pwa.site import Site
from pwa.views.sign_in import in_language

OUTCOMES = frozenset({"allowed", "refused", "expired"})
STATUSES = {"device_code_unknown": 404, "device_guesses_used_up": 429}
LONGEST = 64


class DevicePages(Frozen):
    site: Site
    devices: Devices

    def show(self) -> Response:
        outcome, typed = request.args.get("outcome", ""), request.args.get("user_code", "")[:LONGEST]
        if outcome in OUTCOMES:
            return self.site.page("device/over.html", outcome=outcome)
        if not typed:
            return self.site.page("device/enter.html", problem=None, typed="")
        try:
            asks = self.devices.look(typed, self.site.visit().browser)
        except StepRefused as refused:
            return self._again(refused, typed)
        language = self.site.reader().language.code
        return self.site.page(
            "device/confirm.html",
            asks=asks,
            agency=in_language(asks.asker.names, language),
            purpose=in_language(asks.asker.purpose, language),
        )

    def act(self) -> Response:
        form = self.site.form()
        typed, answer = form.get("user_code", "")[:LONGEST], form.get("answer", "")
        try:
            if answer == "agree":
                return self._agree(typed)
            if answer == "decline":
                self.devices.refuse(typed, self.site.visit().browser)
                return self.site.go("/device?outcome=refused")
        except StepRefused as refused:
            return self._again(refused, typed)
        return self.site.go(f"/device?user_code={quote(typed, safe='')}")

    def _agree(self, typed: str) -> Response:
        following = self.devices.agree(
            typed,
            self.site.visit().browser,
            session=self.site.session(),
            locale=self.site.reader().language.code,
        )
        match following:
            case Stay(sign_in=sign_in):
                return self.site.go(f"/sign-in/{sign_in}")
            case Answer(response=response) if response.url is not None:
                return self.site.leave(response.url)
        raise StepRefused("device_code_unknown")

    def _again(self, refused: StepRefused, typed: str) -> Response:
        status = STATUSES[refused.reason]
        return self.site.page("device/enter.html", status=status, problem=text_for(refused.reason, status), typed=typed)


def device_pages(site: Site, devices: Devices) -> Blueprint:
    pages = DevicePages(site=site, devices=devices)
    blueprint = Blueprint("device", __name__)
    blueprint.add_url_rule("/device", "show", pages.show)
    blueprint.add_url_rule("/device", "act", pages.act, methods=["POST"])
    return blueprint
