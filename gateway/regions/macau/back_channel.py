"""What is said to the provider from server to server: each request authenticated, and its tokens proved where bound."""

import base64
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import quote_plus, urlencode

from gateway.identity.region import Region
from gateway.oidc.client_assertion import TYPE as ASSERTION_TYPE
from gateway.ports.clock import Clock
from gateway.ports.egress import Egress, Reply
from gateway.ports.tokens import NewToken
from gateway.regions import upstream
from gateway.regions.macau.messages import AnswerRefused, Provider
from gateway.regions.proofs import Prover
from gateway.regions.signed_request import RequestSigner
from gateway.settings import MacauSettings

ASSERTION_LIVES = timedelta(minutes=1)
FORM = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}


class BackChannel:
    """The client's side of the pushed request, token and userinfo endpoints."""

    def __init__(self, settings: MacauSettings, *, egress: Egress, clock: Clock, new_token: NewToken) -> None:
        self._settings = settings
        self._egress = egress
        self._clock = clock
        self._new_token = new_token
        self._signer = RequestSigner(settings.signing_key) if settings.signing_key else None
        self._prover = Prover(clock=clock, new_token=new_token) if settings.profile == "fapi2" else None

    def push(self, provider: Provider, request: Mapping[str, str]) -> str:
        """The `request_uri` that the authorization request was left under (RFC 9126 §2). Raises AnswerRefused."""
        if provider.push_endpoint is None:
            raise AnswerRefused("push_refused")
        reply = self._post(provider.push_endpoint, request, bound=False)
        if reply.status != 201:
            raise AnswerRefused("push_refused")
        reference = upstream.read_object(reply, Region.MACAU).get("request_uri")
        if not isinstance(reference, str) or not 0 < len(reference) <= 512:
            raise AnswerRefused("push_refused")
        return reference

    def redeem(self, provider: Provider, *, code: str, verifier: str) -> dict[str, Any]:
        """The token endpoint's answer to a code (RFC 6749 §4.1.3). Raises AnswerRefused."""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self._settings.redirect_uri,
            "code_verifier": verifier,
        }
        reply = self._post(provider.token_endpoint, form, bound=True)
        if reply.status != 200:
            raise AnswerRefused("code_refused")
        return upstream.read_object(reply, Region.MACAU)

    def userinfo(self, provider: Provider, access_token: str) -> dict[str, Any]:
        """The claims behind the token, which travels in the header and nowhere else. Raises AnswerRefused."""
        url, prover = provider.userinfo_endpoint, self._prover
        headers = {
            "Accept": "application/json",
            "Authorization": f"{'DPoP' if prover else 'Bearer'} {access_token}",
        }

        def ask(proof: Mapping[str, str]) -> Reply:
            return upstream.send(self._egress, Region.MACAU, "GET", url, headers={**headers, **proof})

        reply = prover.send("GET", url, ask, access_token=access_token) if prover else ask({})
        if reply.status != 200:
            raise AnswerRefused("userinfo_refused")
        return upstream.read_object(reply, Region.MACAU)

    def _post(self, url: str, form: Mapping[str, str], *, bound: bool) -> Reply:
        prover = self._prover if bound else None

        def ask(proof: Mapping[str, str]) -> Reply:
            fields, headers = self._authentication()  # anew each time: an assertion serves once
            return upstream.send(
                self._egress,
                Region.MACAU,
                "POST",
                url,
                headers={**FORM, **headers, **proof},
                body=urlencode({**form, **fields}).encode(),
            )

        return prover.send("POST", url, ask) if prover else ask({})

    def _authentication(self) -> tuple[dict[str, str], dict[str, str]]:
        """Who we are: members of the form, and headers."""
        client_id = self._settings.client_id
        if self._settings.client_authentication == "client_secret_basic" or self._signer is None:
            pair = f"{quote_plus(client_id)}:{quote_plus(self._settings.client_secret)}"  # RFC 6749 §2.3.1
            return {}, {"Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}
        assertion = self._client_assertion(self._signer)
        return {
            "client_id": client_id,
            "client_assertion_type": ASSERTION_TYPE,
            "client_assertion": assertion,
        }, {}

    def _client_assertion(self, signer: RequestSigner) -> str:
        """RFC 7523 §3; the audience is the issuer and nothing else (FAPI 2.0 §5.3.3.2)."""
        now = self._clock()
        claims = {
            "iss": self._settings.client_id,
            "sub": self._settings.client_id,
            "aud": self._settings.issuer,
            "jti": self._new_token(),
            "iat": int(now.timestamp()),
            "exp": int((now + ASSERTION_LIVES).timestamp()),
        }
        return signer.sign(claims, typ="JWT")
