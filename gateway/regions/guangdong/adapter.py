"""The connector to Guangdong's platform: plain OAuth 2 by query string, and one account at the end."""

import hmac
from collections.abc import Mapping
from typing import Any

from gateway.errors import AssertionRejected, PersonDeclined
from gateway.identity.assertion import RegionAssertion
from gateway.identity.region import Region as RegionCode
from gateway.ports.clock import Clock
from gateway.ports.egress import Egress
from gateway.ports.regions import Arrival, Arrived, Callback, Delivery, Errand, Leave, Trip
from gateway.regions import upstream
from gateway.regions.guangdong import messages
from gateway.settings import GuangdongSettings

DECLINED: Mapping[str, str] = {"access_denied": "cancelled", "login_timeout": "timed_out"}


class Guangdong:
    """Implements the Region port."""

    def __init__(self, settings: GuangdongSettings, *, egress: Egress, clock: Clock) -> None:
        self._settings = settings
        self._egress = egress
        self._clock = clock

    @property
    def code(self) -> RegionCode:
        return RegionCode.GUANGDONG

    @property
    def asks_to_depart(self) -> bool:
        return False

    def depart(self, trip: Trip) -> Leave:
        """To the platform's sign-in page."""
        if trip.errand is Errand.CONFIRM:  # the platform knows no renewed sign-in
            raise self._rejected("errand_unsupported")
        return Leave(url=messages.authorize_url(self._settings, state=trip.state))

    def arrive(self, callback: Callback, trip: Trip) -> Arrival:
        """From the code to the account."""
        query = callback.query
        if not hmac.compare_digest(query.get("state", "").encode(), trip.state.encode()):
            raise self._rejected("state_wrong")
        if error := query.get("error"):
            if reason := DECLINED.get(error):
                raise PersonDeclined(reason, region=self.code)
            raise self._rejected("return_code_unexpected")
        if not (code := query.get("code")):
            raise self._rejected("code_missing")
        try:
            token = messages.read_token(
                self._get(messages.token_url(self._settings, code=code, state=trip.state), "code_refused")
            )
            answer = self._get(messages.account_url(self._settings, token=token), "token_refused")
            account = messages.read_account(answer, self._settings)
            identify = trip.errand is Errand.IDENTIFY
            attributes = messages.read_attributes(account, self._settings) if identify else None
        except messages.AnswerRefused as refused:
            raise self._rejected(str(refused)) from None
        return Arrived(
            assertion=RegionAssertion(
                region=self.code,
                issuer=self._settings.issuer,
                subject=account.subject,
                method=account.level,
                authenticated_at=self._clock(),
                attributes=attributes,
                version=account.version or None,
            )
        )

    def receive(self, kind: str, headers: Mapping[str, str], body: bytes) -> Delivery:  # noqa: ARG002 - the port's
        """This platform delivers nothing from server to server."""
        raise self._rejected("callback_unknown")

    def resume(self, trip: Trip) -> Arrival:  # noqa: ARG002 - the port's signature
        """There is nothing to wait for."""
        raise self._rejected("callback_unexpected")

    def _get(self, url: str, refusal: str) -> dict[str, Any]:
        reply = upstream.send(self._egress, self.code, "GET", url, headers={"Accept": "application/json"})
        if reply.status != 200:
            raise self._rejected(refusal)
        return upstream.read_object(reply, self.code)

    def _rejected(self, reason: str) -> AssertionRejected:
        return AssertionRejected(reason, region=self.code)
