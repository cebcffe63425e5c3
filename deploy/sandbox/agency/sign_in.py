"""Sign a person in through the gateway: push the request, send them off, check what comes back.

1. Push (RFC 9126) with PKCE S256 (RFC 7636), state, nonce and a signed client assertion.
2. The browser carries only `client_id` and `request_uri`.
3. Coming back: state, then issuer (RFC 9207), then error or code.
4. Exchange the code; check the ID token; ask userinfo; the subjects must be one (Core §5.3.2).

At the agency's terminal nobody types anything: it shows a code and asks until somebody has signed in with it on their
own phone (RFC 8628).
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import cast
from urllib.parse import urlencode

from joserfc.jwk import ECKey
from msgspec.structs import replace

from deploy.sandbox.agency import client_assertion, id_token
from deploy.sandbox.agency.errors import AnswerRefused, ProviderFailed, SignInEnded
from deploy.sandbox.agency.provider import Provider, read_object
from deploy.sandbox.agency.proving import Proving
from gateway.frozen import Frozen, Hidden
from gateway.ports.clock import Clock
from gateway.ports.egress import Reply
from gateway.ports.tokens import NewToken

DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"
SLOWER_BY = 5  # seconds, each time that the gateway says so (RFC 8628 §3.5)
_FORM = "application/x-www-form-urlencoded"


class Departure(Frozen):
    """Where to send the browser, and what must be remembered until it comes back."""

    url: Hidden[str]
    state: Hidden[str]
    nonce: Hidden[str]
    verifier: Hidden[str]


class Waiting(Frozen):
    """What a terminal shows, and what it asks with."""

    device_code: Hidden[str]
    user_code: str
    page: str
    scanned: str  # the page with the code, to be scanned
    interval: int  # seconds


class Person(Frozen):
    """Who arrived, as the gateway says: the checked ID token, the claims given, the checks made."""

    subject: str
    id_token: Hidden[Mapping[str, object]]
    claims: Hidden[Mapping[str, object]]
    authorization_details: tuple[Mapping[str, object], ...] = ()


class RelyingParty(Frozen):
    """The agency's side of OpenID Connect."""

    client: str
    redirect_uri: str
    key: Hidden[ECKey]
    provider: Provider
    proving: Hidden[Proving]
    clock: Clock
    new_token: NewToken

    def depart(self, wishes: Mapping[str, str]) -> Departure:
        """Push a request with these further parameters (scope, claims, acr_values, ui_locales, …)."""
        metadata = self.provider.metadata()
        state, nonce, verifier = self.new_token(), self.new_token(), self.new_token() + self.new_token()
        reply = self._post(
            metadata.pushed_authorization_request_endpoint,
            {
                "response_type": "code",
                "redirect_uri": self.redirect_uri,
                "state": state,
                "nonce": nonce,
                "code_challenge": _challenge(verifier),
                "code_challenge_method": "S256",
                **wishes,
            },
        )
        content = read_object(reply, "push_refused")
        request_uri = content.get("request_uri")
        if reply.status != 201 or not isinstance(request_uri, str):
            raise ProviderFailed("push_refused", detail=str(content.get("error", ""))[:60])
        query = urlencode({"client_id": self.client, "request_uri": request_uri})
        return Departure(url=f"{metadata.authorization_endpoint}?{query}", state=state, nonce=nonce, verifier=verifier)

    def arrive(self, query: Mapping[str, list[str]], departure: Departure) -> Person:
        """Check the answer that the browser brought back, and fetch who it is."""
        answer = _single(query)
        metadata = self.provider.metadata()
        if not hmac.compare_digest(answer.get("state", "").encode(), departure.state.encode()):
            raise AnswerRefused("state_mismatch")
        if (metadata.says_who_answers or "iss" in answer) and answer.get("iss") != metadata.issuer:
            raise AnswerRefused("issuer_mismatch")
        if "error" in answer:
            raise SignInEnded(answer["error"])
        if not answer.get("code"):
            raise AnswerRefused("code_missing")
        return self._exchange(answer["code"], departure)

    def ask(self, wishes: Mapping[str, str]) -> Waiting:
        """Have somebody sign in on their phone (RFC 8628 §3.1)."""
        reply = self._post(self.provider.metadata().device_authorization_endpoint, wishes)
        content = read_object(reply, "push_refused")
        if reply.status != 200:
            raise ProviderFailed("push_refused", detail=str(content.get("error", ""))[:60])
        texts = {name: content.get(name) for name in ("device_code", "user_code", "verification_uri")}
        scanned, interval = content.get("verification_uri_complete"), content.get("interval", 5)
        if not all(isinstance(text, str) for text in (*texts.values(), scanned)) or not isinstance(interval, int):
            raise ProviderFailed("push_refused", detail="incomplete")
        return Waiting(
            device_code=str(texts["device_code"]),
            user_code=str(texts["user_code"]),
            page=str(texts["verification_uri"]),
            scanned=str(scanned),
            interval=interval,
        )

    def look(self, waiting: Waiting) -> Person | Waiting:
        """Who signed in; as long as nobody has, what to go on with (§3.5)."""
        form = {"grant_type": DEVICE_GRANT, "device_code": waiting.device_code}
        reply = self._post(self.provider.metadata().token_endpoint, form)
        error = read_object(reply, "token_unreadable").get("error") if reply.status == 400 else None
        match error:
            case None:
                return self._arrived(_tokens(reply), nonce=None)
            case "authorization_pending":
                return waiting
            case "slow_down":
                return replace(waiting, interval=waiting.interval + SLOWER_BY)
            case _:
                raise SignInEnded(str(error)[:60])

    def service_token(self, scope: str) -> str:
        """An access token of the agency's own, for calling the gateway's API (RFC 6749 §4.4)."""
        reply = self._post(
            self.provider.metadata().token_endpoint, {"grant_type": "client_credentials", "scope": scope}
        )
        return _access_token(_tokens(reply))

    def _exchange(self, code: str, departure: Departure) -> Person:
        metadata = self.provider.metadata()
        reply = self._post(
            metadata.token_endpoint,
            {
                "grant_type": "authorization_code",
                "code": code,
                "redirect_uri": self.redirect_uri,
                "code_verifier": departure.verifier,
            },
        )
        return self._arrived(_tokens(reply), nonce=departure.nonce)

    def _arrived(self, tokens: Mapping[str, object], *, nonce: str | None) -> Person:
        access_token = _access_token(tokens)
        payload = self._checked(tokens.get("id_token"), access_token, nonce)
        claims = self._userinfo(access_token, str(payload["sub"]))
        details = tokens.get("authorization_details", [])
        if not isinstance(details, list):
            raise ProviderFailed("token_unreadable")
        return Person(
            subject=str(payload["sub"]),
            id_token=payload,
            claims=claims,
            authorization_details=tuple(entry for entry in details if isinstance(entry, dict)),
        )

    def _checked(self, token: object, access_token: str, nonce: str | None) -> dict[str, object]:
        if not isinstance(token, str):
            raise AnswerRefused("id_token_missing")
        try:
            key = self.provider.key(id_token.named_key(token))
            payload = json.loads(id_token.verified_payload(token, key))
        except ValueError as fault:
            raise AnswerRefused(str(fault) if str(fault).startswith("id_token_") else "id_token_unreadable") from fault
        if not isinstance(payload, dict):
            raise AnswerRefused("id_token_unreadable")
        expected = id_token.Expected(
            issuer=self.provider.issuer,
            client=self.client,
            nonce=nonce,
            access_token=access_token,
            at=self.clock(),
        )
        if problem := id_token.objection(payload, expected):
            raise AnswerRefused(problem)
        return cast(dict[str, object], payload)

    def _userinfo(self, access_token: str, subject: str) -> dict[str, object]:
        url = self.provider.metadata().userinfo_endpoint
        reply = self.proving("GET", url, lambda: ({"accept": "application/json"}, b""), token=access_token)
        claims = read_object(reply, "userinfo_refused")
        if reply.status != 200:
            raise ProviderFailed("userinfo_refused", detail=str(claims.get("error", ""))[:60])
        if claims.get("sub") != subject:
            raise AnswerRefused("userinfo_subject")
        return claims

    def _post(self, url: str, form: Mapping[str, str]) -> Reply:
        def made() -> tuple[Mapping[str, str], bytes]:
            signed = client_assertion.parameters(
                client=self.client,
                issuer=self.provider.issuer,
                key=self.key,
                jti=self.new_token(),
                at=self.clock(),
            )
            return {"content-type": _FORM, "accept": "application/json"}, urlencode({**form, **signed}).encode()

        return self.proving("POST", url, made)


def _challenge(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def _single(query: Mapping[str, list[str]]) -> dict[str, str]:
    """RFC 6749 §3.1: no parameter more than once."""
    if any(len(values) != 1 for values in query.values()):
        raise AnswerRefused("parameter_repeated")
    return {name: values[0] for name, values in query.items()}


def _tokens(reply: Reply) -> dict[str, object]:
    content = read_object(reply, "token_unreadable")
    if reply.status != 200:
        raise ProviderFailed("token_refused", detail=str(content.get("error", ""))[:60])
    if str(content.get("token_type", "")).lower() != "dpop":  # case does not matter (RFC 6749 §5.1)
        raise ProviderFailed("token_type_unknown")
    return content


def _access_token(tokens: Mapping[str, object]) -> str:
    value = tokens.get("access_token")
    if not isinstance(value, str) or not value:
        raise ProviderFailed("token_unreadable")
    return value
