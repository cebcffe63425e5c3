"""The connector to One Account: a relying party that checks everything itself."""

import hmac
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from gateway.errors import AssertionRejected, PersonDeclined, RegionUnavailable
from gateway.identity.assertion import Attributes, RegionAssertion
from gateway.identity.region import Region as RegionCode
from gateway.oidc.compact_jws import JwsRefused, read_claims, take_apart
from gateway.ports.clock import Clock
from gateway.ports.egress import Egress
from gateway.ports.regions import Arrival, Arrived, Callback, Delivery, Errand, Leave, Trip
from gateway.ports.tokens import NewToken
from gateway.regions import upstream, values
from gateway.regions.kept import Kept
from gateway.regions.macau import id_token, messages
from gateway.regions.macau.back_channel import BackChannel
from gateway.regions.remote_keys import RemoteKeys
from gateway.settings import MacauSettings

TOKENS = {"openid": "bearer", "fapi2": "dpop"}  # the kind that a profile's tokens are of


class Macau:
    """Implements the Region port."""

    def __init__(self, settings: MacauSettings, *, egress: Egress, clock: Clock, new_token: NewToken) -> None:
        self._settings = settings
        self._egress = egress
        self._clock = clock
        self._new_token = new_token
        self._back = BackChannel(settings, egress=egress, clock=clock, new_token=new_token)
        self._provider = Kept(
            self._discover, clock=clock, live=settings.keys_live, retry_after=settings.keys_refetch_after
        )
        self._keys = RemoteKeys(
            lambda: self._provider().jwks_uri,
            region=self.code,
            egress=egress,
            clock=clock,
            algorithms=settings.algorithms,
            live=settings.keys_live,
            refetch_after=settings.keys_refetch_after,
        )

    @property
    def code(self) -> RegionCode:
        return RegionCode.MACAU

    @property
    def _fapi(self) -> bool:
        return self._settings.profile == "fapi2"

    @property
    def asks_to_depart(self) -> bool:
        """For the provider's metadata the first time; and always where the request goes ahead of the browser."""
        provider = self._provider.last
        return provider is None or self._pushes(provider)

    def depart(self, trip: Trip) -> Leave:
        """To the provider's authorization endpoint; under FAPI 2.0 the request itself goes ahead of the browser."""
        nonce, verifier = self._new_token(), self._new_token() + self._new_token()
        max_age = timedelta() if trip.errand is Errand.CONFIRM else trip.max_age
        provider = self._provider()
        request = messages.authorization_request(
            self._settings,
            errand=trip.errand,
            state=trip.state,
            nonce=nonce,
            verifier=verifier,
            locale=trip.locale,
            max_age=max_age,
        )
        if self._pushes(provider):
            try:
                reference = self._back.push(provider, request)
            except messages.AnswerRefused as refused:
                raise self._rejected(str(refused)) from None
            request = {"client_id": self._settings.client_id, "request_uri": reference}
        url = messages.authorization_url(provider, request)
        memory = {"nonce": nonce, "verifier": verifier}
        if max_age is not None:
            memory["since"] = (self._clock() - max_age).isoformat()
        return Leave(url=url, memory=memory)

    def arrive(self, callback: Callback, trip: Trip) -> Arrival:
        """From the code to a verified assertion."""
        code = self._code(callback.query, trip)
        provider = self._provider()
        try:
            answer = self._back.redeem(provider, code=code, verifier=trip.memory.get("verifier", ""))
            access_token, token = messages.read_tokens(answer, kind=TOKENS[self._settings.profile])
            claims = self._verified(token, access_token, trip)
            attributes = self._attributes(provider, access_token, claims) if trip.errand is Errand.IDENTIFY else None
        except (messages.AnswerRefused, JwsRefused) as refused:
            raise self._rejected(str(refused)) from None
        return Arrived(assertion=self._assertion(claims, attributes, trip))

    def receive(self, kind: str, headers: Mapping[str, str], body: bytes) -> Delivery:  # noqa: ARG002 - the port's
        """This provider delivers nothing from server to server."""
        raise self._rejected("callback_unknown")

    def resume(self, trip: Trip) -> Arrival:  # noqa: ARG002 - the port's signature
        """There is nothing to wait for."""
        raise self._rejected("callback_unexpected")

    def _pushes(self, provider: messages.Provider) -> bool:
        return self._fapi or provider.takes_pushed_only  # RFC 9126 §5

    def _code(self, query: Mapping[str, str], trip: Trip) -> str:
        if not hmac.compare_digest(query.get("state", "").encode(), trip.state.encode()):
            raise self._rejected("state_wrong")
        named = query.get("iss")
        if named != self._settings.issuer and (named is not None or self._fapi or self._provider().names_itself):
            raise self._rejected("issuer_wrong")  # RFC 9207 §2.4
        if error := query.get("error"):
            if reason := messages.DECLINED.get(error):
                raise PersonDeclined(reason, region=self.code)
            if error in ("temporarily_unavailable", "server_error"):
                raise RegionUnavailable(error, region=self.code)
            raise self._rejected("return_code_unexpected")
        if not (code := query.get("code")):
            raise self._rejected("code_missing")
        return code

    def _verified(self, token: str, access_token: str, trip: Trip) -> dict[str, Any]:
        jws = take_apart(token, longest=messages.LONGEST_TOKEN)
        if jws.algorithm not in self._settings.algorithms:
            raise JwsRefused("algorithm_not_allowed")
        self._keys.verify(jws)
        claims = read_claims(jws, longest=messages.LONGEST_TOKEN)
        since = trip.memory.get("since")
        expected = id_token.Expected(
            issuer=self._settings.issuer,
            client_id=self._settings.client_id,
            nonce=trip.memory.get("nonce", ""),
            access_token=access_token,
            at=self._clock(),
            leeway=self._settings.leeway,
            authenticated_since=None if since is None else datetime.fromisoformat(since),
        )
        if problem := id_token.objection(claims, expected):
            raise self._rejected(problem)
        return claims

    def _attributes(self, provider: messages.Provider, access_token: str, claims: Mapping[str, Any]) -> Attributes:
        userinfo = self._back.userinfo(provider, access_token)
        if userinfo.get("sub") != claims["sub"]:  # Core §5.3.2: or the claims are somebody else's
            raise self._rejected("subject_differs")
        return messages.read_attributes(userinfo, self._settings.claims)

    def _assertion(self, claims: Mapping[str, Any], attributes: Attributes | None, trip: Trip) -> RegionAssertion:
        acr = claims.get("acr")
        method = self._settings.methods.get(acr) if isinstance(acr, str) else None
        if method is None:
            raise self._rejected("acr_unknown")
        if trip.errand is Errand.CONFIRM and acr != self._settings.confirm_acr:
            raise self._rejected("acr_too_low")
        at = values.moment(claims, "auth_time") or values.moment(claims, "iat") or 0
        return RegionAssertion(
            region=self.code,
            issuer=self._settings.issuer,
            subject=claims["sub"],
            method=method,
            authenticated_at=datetime.fromtimestamp(min(at, self._clock().timestamp()), tz=UTC),
            attributes=attributes,
            version=values.version(claims.get("updated_at")) or None,
        )

    def _discover(self) -> messages.Provider:
        reply = upstream.send(
            self._egress, self.code, "GET", f"{self._settings.issuer}/.well-known/openid-configuration"
        )
        try:
            return messages.read_provider(upstream.read_object(reply, self.code), issuer=self._settings.issuer)
        except messages.AnswerRefused as refused:
            raise self._rejected(str(refused)) from None

    def _rejected(self, reason: str) -> AssertionRejected:
        return AssertionRejected(reason, region=self.code)
