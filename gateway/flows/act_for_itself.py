"""Give a client a token with which it acts for itself, for nobody in particular (RFC 6749 §4.4)."""

from collections.abc import Mapping
from datetime import timedelta

from gateway.errors import RequestRefused
from gateway.flows.answer_token_request import Caller, Tokens
from gateway.frozen import Frozen
from gateway.oidc import access_token, request_checks
from gateway.oidc.access_token import Minting
from gateway.oidc.client import Client
from gateway.oidc.offer import Offer
from gateway.ports.clock import Clock
from gateway.ports.signing import TokenSigner
from gateway.ports.tokens import NewToken
from gateway.ports.work import OpenWork


class ActForItself(Frozen):
    offer: Offer
    open_work: OpenWork
    signer: TokenSigner
    new_token: NewToken
    clock: Clock
    access_token_lifetime: timedelta

    def __call__(self, form: Mapping[str, str], caller: Caller) -> Tokens:
        """Raises RequestRefused."""
        client = caller.client.client
        scope = self._scope(form, client)
        with self.open_work(write=True) as work:
            caller.spend(work)
            work.commit()
        at = self.clock()
        minting = Minting(
            id=self.new_token(), issuer=self.offer.issuer, at=at, expires_at=at + self.access_token_lifetime
        )
        claims = access_token.for_client(
            client.id, minting, scope=scope, key=caller.thumbprint, certificate=caller.certificate
        )
        return Tokens(
            access_token=self.signer.sign(claims, typ=access_token.TYPE),
            expires_in=int(self.access_token_lifetime.total_seconds()),
            scope=scope,
            bound=caller.key is not None,
        )

    def _scope(self, form: Mapping[str, str], client: Client) -> tuple[str, ...]:
        """What was asked for; all that the client may do for itself when it names nothing (§3.3)."""
        allowed = tuple([name for name in self.offer.machine_scopes if name in client.scopes])
        asked = request_checks.tokens(form, "scope", request_checks.SCOPE_TOKEN) or allowed
        if not asked or not set(asked) <= set(allowed):
            raise RequestRefused("scope_not_allowed", code="invalid_scope")
        return asked
