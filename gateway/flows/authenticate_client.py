"""Authenticate a client by what it signed (private_key_jwt), or by its certificate (RFC 8705 §2.2).

There are no secrets to know. Each client proves itself in the one way that it is enrolled with.
"""

from collections.abc import Mapping
from datetime import datetime

from gateway.errors import RequestRefused
from gateway.flows.client_keys import ClientKeys
from gateway.flows.client_limits import ClientLimits
from gateway.flows.find_client import FindClient, KnownClient
from gateway.frozen import Frozen, Hidden
from gateway.oidc import client_assertion, client_certificate
from gateway.oidc.client import PRIVATE_KEY_JWT, SELF_SIGNED, Client
from gateway.oidc.client_assertion import Expected
from gateway.oidc.compact_jws import JwsRefused
from gateway.ports.clock import Clock
from gateway.ports.work import Work

REPLAY_KIND = "client_assertion"


class ClientProof(Frozen):
    """An authentic assertion of this client, good for one act: `spend` it in the transaction of that act.

    One by certificate has no `jti`: the handshake was made for this connection, and cannot be played again.
    """

    known: KnownClient
    jti: Hidden[str | None]
    expires_at: datetime

    @property
    def client(self) -> Client:
        return self.known.client

    def spend(self, work: Work) -> None:
        """Raises RequestRefused when it was spent before, by the commit at last."""
        if self.jti is not None:
            work.replays.spend(REPLAY_KIND, self.client.id, self.jti, expires_at=self.expires_at, otherwise=_replayed)


class AuthenticateClient(Frozen):
    issuer: str
    find_client: FindClient
    keys: ClientKeys
    limit: ClientLimits
    clock: Clock

    def __call__(self, form: Mapping[str, str], *, certificate: str | None = None) -> ClientProof:
        """Who is asking; `certificate` is the connection's. Raises RequestRefused, `invalid_client` (RFC 6749 §5.2)."""
        if "client_secret" in form:
            raise refused("client_secret_refused")
        text = form.get("client_assertion")
        if text is None:
            return self._by_certificate(form.get("client_id"), certificate)
        if form.get("client_assertion_type") != client_assertion.TYPE:
            raise refused("assertion_type_unknown")
        try:
            return self._verify(text, form.get("client_id"))
        except JwsRefused as refusal:
            raise refused(str(refusal)) from None

    def _by_certificate(self, named: str | None, certificate: str | None) -> ClientProof:
        known = None if named is None or certificate is None else self._find(named)
        if known is None or known.client.token_endpoint_auth_method != SELF_SIGNED:
            raise refused("assertion_missing")
        shown = (client_certificate.own(key) for key in known.keys.keys)
        if not any(der is not None and client_certificate.thumbprint(der) == certificate for der in shown):
            raise refused("certificate_of_another_client")
        self.limit(known.client)
        return ClientProof(known=known, jti=None, expires_at=self.clock())

    def _find(self, named: str) -> KnownClient | None:
        return self.find_client(named) if client_assertion.CLIENT.fullmatch(named) else None

    def _verify(self, text: str, named: str | None) -> ClientProof:
        jws, assertion = client_assertion.read(text)
        claimed = client_assertion.claimed_client(assertion)
        if named is not None and named != claimed:
            raise refused("assertion_subject_not_client")
        known = self.find_client(claimed)
        if known is None:
            raise refused("client_unknown")
        if known.client.token_endpoint_auth_method != PRIVATE_KEY_JWT:
            raise refused("assertion_not_registered")
        self.keys.verify(jws, known)
        expected = Expected(client=claimed, issuer=self.issuer, now=self.clock().timestamp())
        if problem := client_assertion.objection(assertion, expected):
            raise refused(problem)
        self.limit(known.client)
        return ClientProof(known=known, jti=assertion.claims["jti"], expires_at=client_assertion.expires_at(assertion))


def _replayed() -> RequestRefused:
    return refused("assertion_replayed")


def refused(reason: str) -> RequestRefused:
    return RequestRefused(reason, code="invalid_client", status=401)
