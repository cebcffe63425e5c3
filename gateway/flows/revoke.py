"""End a token at its client's word (RFC 7009)."""

from collections.abc import Mapping
from dataclasses import dataclass

from gateway.errors import RequestRefused
from gateway.flows.authenticate_client import AuthenticateClient
from gateway.flows.check_access import ReadToken
from gateway.oidc.access_token import AccessToken
from gateway.ports.clock import Clock
from gateway.ports.residents import AuditEvent
from gateway.ports.work import OpenWork


@dataclass(frozen=True, slots=True, kw_only=True)
class Revoke:
    authenticate: AuthenticateClient
    read: ReadToken
    open_work: OpenWork
    clock: Clock

    def __call__(self, form: Mapping[str, str]) -> None:
        """Done also when there was nothing to end (§2.2). Raises RequestRefused for a token of another client."""
        proof = self.authenticate(form)
        text = form.get("token")
        if text is None:
            raise RequestRefused("token_missing")
        token = self._token(text)
        if token is not None and token.client != proof.client.id:  # §2.1
            raise RequestRefused("token_of_another_client", code="invalid_grant")
        with self.open_work(write=True) as work:
            proof.spend(work)
            if token is not None:
                work.grants.revoke_token(token.id, expires_at=token.expires_at)
                work.audit.record(
                    AuditEvent(
                        kind="token.revoked",
                        at=self.clock(),
                        actor=proof.client.id,
                        subjects=(token.grant or token.id,),
                        client=proof.client.id,
                    )
                )
            work.commit()

    def _token(self, text: str) -> AccessToken | None:
        try:
            return self.read(text).token
        except RequestRefused:
            return None
