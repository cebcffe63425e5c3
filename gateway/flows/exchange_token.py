"""Give a client a token with which it calls another agency's system for a person (RFC 8693 §2)."""

from collections.abc import Mapping

from msgspec.structs import replace

from gateway.errors import RequestRefused
from gateway.flows.answer_token_request import Caller, Tokens
from gateway.flows.check_access import Access, ReadToken
from gateway.flows.find_client import FindClient
from gateway.frozen import Frozen
from gateway.oidc import access_token, base64url, request_checks, token_exchange
from gateway.oidc.access_token import Minting
from gateway.oidc.client import Client
from gateway.oidc.token_exchange import Attempt
from gateway.ports.claims import Claims, Subjects
from gateway.ports.clock import Clock
from gateway.ports.residents import AuditEvent
from gateway.ports.signing import TokenSigner
from gateway.ports.tokens import NewToken
from gateway.ports.vault import Vault
from gateway.ports.work import OpenWork


class ExchangeToken(Frozen):
    issuer: str
    open_work: OpenWork
    read: ReadToken
    find_client: FindClient
    claims: Claims
    subjects: Subjects
    vault: Vault
    signer: TokenSigner
    new_token: NewToken
    clock: Clock

    def __call__(self, form: Mapping[str, str], caller: Caller) -> Tokens:
        """Raises RequestRefused."""
        access = self._subject_token(form)
        audience = form.get("audience")
        if audience is None:
            raise RequestRefused("audience_missing", code="invalid_target")
        known = self.find_client(audience)
        attempt = Attempt(
            form=form,
            caller=caller.client.client,
            key=caller.thumbprint,
            certificate=caller.certificate,
            token=access.token,
            target=None if known is None else known.client,
            scope=request_checks.tokens(form, "scope", request_checks.SCOPE_TOKEN),
            consented=known is not None and self._consented(access, known.client),
        )
        problem = token_exchange.objection(attempt)
        if problem is not None:
            raise RequestRefused(problem, code=token_exchange.CODES.get(problem, "invalid_request"))
        assert attempt.target is not None
        return self._give(access, attempt, attempt.target, caller)

    def _subject_token(self, form: Mapping[str, str]) -> Access:
        text = form.get("subject_token")
        if text is None:
            raise RequestRefused("subject_token_missing")
        try:
            return self.read(text)
        except RequestRefused as refusal:
            raise RequestRefused(refusal.reason) from None  # §2.2.2: invalid_request

    def _consented(self, access: Access, target: Client) -> bool:
        return access.grant is not None and self.claims.may_know(account=access.grant.permission.account, client=target)

    def _give(self, access: Access, attempt: Attempt, target: Client, caller: Caller) -> Tokens:
        assert access.grant is not None
        at, permission = self.clock(), access.grant.permission
        subject = self.subjects.of(permission.account, target.agency)
        ends = min(at + token_exchange.LIFETIME, access.token.expires_at)
        minting = Minting(id=self.new_token(), issuer=self.issuer, at=at, expires_at=ends)
        scope = token_exchange.scope_of(attempt)
        # what the person was asked for the first agency's own matter stays there: no authorization_details
        narrowed = replace(permission, scope=scope, authorization_details=())
        bound = replace(access.grant, permission=narrowed, key=caller.thumbprint, certificate=caller.certificate)
        claims = access_token.for_person(bound, minting, subject=subject)
        claims |= {"aud": target.id, "act": {"sub": attempt.caller.id}}  # §4.1
        # by the grant's own id two agencies that are called for one person would know that it is one
        claims["grant"] = base64url.encode(self.vault.seal(bound.id.encode(), context=token_exchange.GRANT))
        with self.open_work(write=True) as work:
            caller.spend(work)
            work.known_subjects.remember(target.agency, subject, permission.account)
            work.audit.record(
                AuditEvent(
                    kind="token.exchanged",
                    at=at,
                    actor=attempt.caller.id,
                    subjects=(permission.account, bound.id, target.id),
                    client=attempt.caller.id,
                )
            )
            work.commit()
        return Tokens(
            access_token=self.signer.sign(claims, typ=access_token.TYPE),
            expires_in=int((ends - at).total_seconds()),
            scope=scope,
            bound=caller.key is not None,
            issued_token_type=token_exchange.ACCESS_TOKEN,
        )
