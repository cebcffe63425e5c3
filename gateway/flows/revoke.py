"""End a token at its client's word (RFC 7009)."""

from collections.abc import Mapping

from gateway.errors import RequestRefused
from gateway.flows.authenticate_client import AuthenticateClient
from gateway.flows.check_access import ReadToken
from gateway.frozen import Frozen
from gateway.oidc import refresh_token
from gateway.oidc.access_token import AccessToken
from gateway.oidc.grant import Grant
from gateway.ports.clock import Clock
from gateway.ports.residents import AuditEvent
from gateway.ports.work import OpenWork, Work


class Revoke(Frozen):
    authenticate: AuthenticateClient
    read: ReadToken
    open_work: OpenWork
    clock: Clock

    def __call__(self, form: Mapping[str, str], *, certificate: str | None = None) -> None:
        """Done also when there was nothing to end (§2.2). Raises RequestRefused for a token of another client."""
        proof = self.authenticate(form, certificate=certificate)
        text = form.get("token")
        if text is None:
            raise RequestRefused("token_missing")
        token, grant = self._token(text), self._grant(text)
        owner = token.client if token is not None else grant.client if grant is not None else None
        if owner not in (None, proof.client.id):  # §2.1
            raise RequestRefused("token_of_another_client", code="invalid_grant")
        with self.open_work(write=True) as work:
            proof.spend(work)
            if token is not None:
                work.grants.revoke_token(token.id, expires_at=token.expires_at)
                self._tell(work, proof.client.id, token.grant or token.id)
            elif grant is not None:
                work.grants.revoke(grant.id, at=self.clock())  # with the access tokens that came of it (§2.1)
                self._tell(work, proof.client.id, grant.id)
            work.commit()

    def _tell(self, work: Work, client: str, ended: str) -> None:
        event = AuditEvent(kind="token.revoked", at=self.clock(), actor=client, subjects=(ended,), client=client)
        work.audit.record(event)

    def _grant(self, text: str) -> Grant | None:
        """The living grant of a refresh token."""
        if "." in text:
            return None
        with self.open_work(write=False) as work:
            found = work.refresh_tokens.grant_of(text[: refresh_token.LONGEST])
            return None if found is None else work.grants.live(found, at=self.clock())

    def _token(self, text: str) -> AccessToken | None:
        """Wherever it serves: what a client got to call another agency with is the client's to end."""
        try:
            return self.read(text, anywhere=True).token
        except RequestRefused:
            return None
