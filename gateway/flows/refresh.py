"""Give new tokens for a refresh token, as long as the person's consent stands (RFC 6749 §6)."""

from collections.abc import Mapping
from datetime import datetime

from msgspec.structs import replace

from gateway.errors import RequestRefused
from gateway.flows.answer_token_request import Caller, Tokens
from gateway.flows.mint_tokens import MintTokens
from gateway.frozen import Frozen
from gateway.oidc import refresh_token, request_checks
from gateway.oidc.grant import Grant
from gateway.oidc.refresh_token import Attempt
from gateway.ports.claims import Claims
from gateway.ports.clock import Clock
from gateway.ports.residents import AuditEvent
from gateway.ports.tokens import NewToken
from gateway.ports.work import OpenWork, Work

REUSED = "refresh_token_already_used"
ENDS_THE_GRANT = frozenset({REUSED, "consent_ended"})


class Refresh(Frozen):
    open_work: OpenWork
    mint: MintTokens
    claims: Claims
    new_token: NewToken
    clock: Clock

    def __call__(self, form: Mapping[str, str], caller: Caller) -> Tokens:
        """Raises RequestRefused, with `invalid_grant` for whatever is wrong with the token (§5.2)."""
        value = form.get("refresh_token")
        if value is None:
            raise RequestRefused("refresh_token_missing")
        at, client = self.clock(), caller.client.client
        grant = self._grant(value, at)
        attempt = Attempt(
            client=client.id,
            scope=request_checks.tokens(form, "scope", request_checks.SCOPE_TOKEN),
            proved=caller.key is not None,
            certified=caller.certificate is not None,
            consented=self.claims.may_return(account=grant.permission.account, client=client),
            at=at,
        )
        following = self._use(value, grant, attempt, caller)
        # a check was made once, for one application: its outcome is not told again as if it were new
        narrowed = replace(grant.permission, scope=attempt.scope or grant.permission.scope, authorization_details=())
        bound = replace(grant, permission=narrowed, key=caller.thumbprint, certificate=caller.certificate)
        return self.mint(bound, client, subject=self.mint.subject(grant), at=at, refresh_token=following)

    def _grant(self, value: str, at: datetime) -> Grant:
        with self.open_work(write=False) as work:
            found = work.refresh_tokens.grant_of(value[: refresh_token.LONGEST])
            grant = None if found is None else work.grants.live(found, at=at)
        if grant is None:
            raise _refused("refresh_token_unknown")
        return grant

    def _use(self, value: str, grant: Grant, attempt: Attempt, caller: Caller) -> str | None:
        """The token to come with next time: this one, or the one that replaces it."""
        problem = refresh_token.objection(grant, attempt)
        following = None
        with self.open_work(write=True) as work:
            caller.spend(work)
            if problem is None and refresh_token.rotates(grant):
                # one statement: of two that come at once, one is first, and the other ends what both stand for
                if work.refresh_tokens.use(value, at=attempt.at):
                    following = self.new_token()
                    work.refresh_tokens.keep(following, grant.id, expires_at=grant.expires_at)
                else:
                    problem = REUSED
            if problem in ENDS_THE_GRANT:
                work.grants.revoke(grant.id, at=attempt.at)
            _tell(work, grant, attempt, problem)
            work.commit()
        if problem is not None:
            raise _refused(problem)
        return following


def _tell(work: Work, grant: Grant, attempt: Attempt, problem: str | None) -> None:
    work.audit.record(
        AuditEvent(
            kind="token.refreshed",
            at=attempt.at,
            actor=attempt.client,
            subjects=(grant.permission.account, grant.id),
            client=attempt.client,
            outcome="refused" if problem else "done",
            reason=problem,
        )
    )


def _refused(reason: str) -> RequestRefused:
    return RequestRefused(reason, code=refresh_token.CODES.get(reason, "invalid_grant"))
