"""Answer an authorization request: with a code, or with the standard's error."""

from datetime import datetime, timedelta

from gateway.flows.respond import Respond
from gateway.frozen import Frozen
from gateway.oidc import authorization_code, base64url, device_code
from gateway.oidc.asked_claims import further, plain
from gateway.oidc.authorization_code import AuthorizationCode
from gateway.oidc.authorization_request import AuthorizationRequest
from gateway.oidc.authorization_response import AuthorizationResponse
from gateway.oidc.offer import Offer
from gateway.oidc.permission import Permission
from gateway.ports.residents import AuditEvent
from gateway.ports.tokens import NewToken
from gateway.ports.vault import Vault
from gateway.ports.work import Work


class IssueCode(Frozen):
    """Issue a code for what the person permitted. The caller commits `work`, so that consent and code are one act."""

    offer: Offer
    respond: Respond
    lifetime: timedelta
    vault: Vault
    new_token: NewToken

    def __call__(
        self, request: AuthorizationRequest, permission: Permission, *, work: Work, at: datetime
    ) -> AuthorizationResponse:
        """The response to send through the browser. A request that was answered before gets an error instead."""
        if request.pushed is not None and not work.pushed_requests.answer(request.pushed):
            return self.respond(request, error="invalid_request", error_description="request_already_answered")
        consented = permission.claims
        code = AuthorizationCode(
            id=self.new_token(),
            client=request.client,
            redirect_uri=request.redirect_uri,
            challenge=request.code_challenge,
            nonce=request.nonce,
            permission=permission,
            id_token_claims=tuple([name for name in plain(request, self.offer, "id_token") if name in consented]),
            userinfo_claims=tuple([name for name in plain(request, self.offer, "userinfo") if name in consented]),
            id_token_further=further(request, self.offer, "id_token"),
            userinfo_further=further(request, self.offer, "userinfo"),
            key=request.key,
            expires_at=at + self.lifetime,
        )
        sealed = self.vault.seal(authorization_code.pack(code), context=authorization_code.CONTEXT)
        value = base64url.encode(sealed)
        allowed = request.device is None or work.device_requests.allow(request.device, answer=value, at=at)
        event = AuditEvent(
            kind="code.issued",
            at=at,
            actor=permission.account,
            subjects=(code.id,),
            client=request.client,
            outcome="done" if allowed else "refused",
        )
        work.audit.record(event)
        if request.device is not None:  # it comes for its code by itself; the person's browser never sees it
            return device_code.told(request, "allowed" if allowed else "expired")
        return self.respond(request, code=value)


class Refuse(Frozen):
    """Refuse a request in the standard's words; `reason` is a slug that pages and partners can look up."""

    respond: Respond

    def __call__(self, request: AuthorizationRequest, code: str, reason: str, *, work: Work) -> AuthorizationResponse:
        """The error to send through the browser, for instance `access_denied`. The caller commits `work`."""
        if request.pushed is not None:
            work.pushed_requests.answer(request.pushed)
        if request.device is not None:
            work.device_requests.refuse(request.device)
            return device_code.told(request, "refused")
        return self.respond(request, error=code, error_description=reason)
