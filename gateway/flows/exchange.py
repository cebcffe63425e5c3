"""Exchange an authorization code for tokens, once."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timedelta

from gateway.errors import Outrun, RequestRefused
from gateway.flows.answer_token_request import Caller, Tokens
from gateway.flows.mint_tokens import MintTokens
from gateway.frozen import Frozen
from gateway.identity.consent import TAKEN_BACK
from gateway.oidc import authorization_code, base64url, refresh_token
from gateway.oidc.authorization_code import Attempt, AuthorizationCode
from gateway.oidc.delivery import OF_A_SESSION
from gateway.oidc.grant import Grant
from gateway.oidc.permission import Permission
from gateway.ports.clock import Clock
from gateway.ports.residents import AuditEvent
from gateway.ports.tokens import NewToken
from gateway.ports.vault import Vault
from gateway.ports.work import OpenWork, Work


class Exchange(Frozen):
    open_work: OpenWork
    vault: Vault
    mint: MintTokens
    new_token: NewToken
    clock: Clock
    refresh_lifetime: timedelta

    def __call__(self, form: Mapping[str, str], caller: Caller) -> Tokens:
        """Raises RequestRefused, with `invalid_grant` for whatever is wrong with the code (RFC 6749 §5.2)."""
        value = form.get("code")
        if value is None:
            raise RequestRefused("code_missing")
        code = self.open(value)
        attempt = _attempt(form, caller, at := self.clock())
        problem = authorization_code.objection(code, attempt)
        if problem is not None and problem != "code_expired":
            raise _refused(problem)
        return self.give(code, caller, problem=problem, at=at)

    def open(self, value: str) -> AuthorizationCode:
        """The code's facts. Raises RequestRefused."""
        try:
            sealed = base64url.decode(value[: authorization_code.LONGEST])
            return authorization_code.unpack(self.vault.open(sealed, context=authorization_code.CONTEXT))
        except ValueError:
            raise _refused("code_unknown") from None

    def give(self, code: AuthorizationCode, caller: Caller, *, problem: str | None, at: datetime) -> Tokens:
        """The tokens of a code, once; with a `problem`, an end of whatever it gave. Raises RequestRefused."""
        client = caller.client.client
        returns = refresh_token.is_due(code.permission, client)
        grant = Grant(
            id=code.id,
            client=code.client,
            agency=client.agency,
            permission=code.permission,
            userinfo_claims=code.userinfo_claims,
            userinfo_further=code.userinfo_further,
            key=caller.thumbprint,
            certificate=caller.certificate,
            issued_at=at,
            expires_at=at + (self.refresh_lifetime if returns else self.mint.access_token_lifetime),
        )
        refresh = self.new_token() if returns else None
        subject = self.mint.subject(grant)
        self._redeem(code, grant, caller, problem, subject=subject, refresh=refresh)
        return self.mint(
            grant,
            client,
            subject=subject,
            at=at,
            nonce=code.nonce,
            id_token_claims=code.id_token_claims,
            id_token_further=code.id_token_further,
            refresh_token=refresh,
        )

    def _redeem(
        self,
        code: AuthorizationCode,
        grant: Grant,
        caller: Caller,
        problem: str | None,
        *,
        subject: str,
        refresh: str | None,
    ) -> None:
        if problem is None:
            with suppress(Outrun):
                self._keep(code, grant, caller, subject=subject, refresh=refresh)
                return
        with self.open_work(write=True) as work:
            caller.spend(work)
            problem = problem or _why_not(work, grant.permission)
            # RFC 6749 §4.1.2: a code that comes twice may be stolen, so what it gave ends; also when it comes late
            work.grants.revoke(code.id, at=grant.issued_at)
            work.audit.record(_redeemed(code, at=grant.issued_at, problem=problem))
            work.commit()
        raise _refused(problem)

    def _keep(
        self, code: AuthorizationCode, grant: Grant, caller: Caller, *, subject: str, refresh: str | None
    ) -> None:
        """Raises Outrun where it is not to be had: then the caller has used up nothing."""
        at, client = grant.issued_at, caller.client.client
        with self.open_work(write=True) as work:
            caller.spend(work)
            work.grants.redeem(grant)
            work.known_subjects.remember(grant.agency, subject, grant.permission.account)
            for kind in OF_A_SESSION:
                if client.hears(kind):
                    work.logouts.remember(grant.permission.session, grant.client, kind=kind, at=at)
            if refresh is not None:
                work.refresh_tokens.keep(refresh, grant.id, expires_at=grant.expires_at)
            work.audit.record(_redeemed(code, at=at))
            work.commit()


def _redeemed(code: AuthorizationCode, *, at: datetime, problem: str | None = None) -> AuditEvent:
    return AuditEvent(
        kind="code.redeemed",
        at=at,
        actor=code.client,
        subjects=(code.permission.account, code.id),
        client=code.client,
        outcome="refused" if problem else "done",
        reason=problem,
    )


def _why_not(work: Work, permission: Permission) -> str:
    """Why a code that was good in itself could not be redeemed."""
    session = work.sessions.get(permission.session)
    consent = None if permission.consent is None else work.consents.find(permission.consent)
    ended = session is not None and session.ended_at is not None
    return "session_ended" if ended or (consent and consent.state in TAKEN_BACK) else "code_already_used"


def _attempt(form: Mapping[str, str], caller: Caller, at: datetime) -> Attempt:
    redirect_uri, verifier = form.get("redirect_uri"), form.get("code_verifier")
    if redirect_uri is None:
        raise RequestRefused("redirect_uri_missing")
    if verifier is None:
        raise _refused("verifier_missing")
    return Attempt(
        client=caller.client.client.id, redirect_uri=redirect_uri, verifier=verifier, key=caller.thumbprint, at=at
    )


def _refused(reason: str) -> RequestRefused:
    return RequestRefused(reason, code="invalid_grant")
