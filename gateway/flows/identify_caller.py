"""Find out whose request was refused, and how sure that is: asked only once there is something to tell.

Nothing is spent and nothing is counted here. What was signed is verified again, so that what is believed does not hang
on the order in which an endpoint happens to look at things.
"""

from collections.abc import Mapping
from typing import Any

from gateway.flows.client_keys import ClientKeys
from gateway.flows.find_client import FindClient
from gateway.frozen import Frozen, Hidden
from gateway.oidc import access_token, client_assertion, client_certificate, compact_jws
from gateway.oidc.client import SELF_SIGNED
from gateway.oidc.client_assertion import CLIENT, Assertion, Expected
from gateway.oidc.compact_jws import Jws, JwsRefused
from gateway.oidc.integration_error import Sureness
from gateway.ports.clock import Clock
from gateway.ports.signing import TokenSigner

UNAUTHORISED = 401


class Traces(Frozen):
    """What a request says of whom it comes from; any of it may be absent or invented."""

    named: str | None = None  # `client_id`
    assertion: Hidden[str | None] = None
    token: Hidden[str | None] = None
    certificate: str | None = None  # the connection's, where a proxy vouched for it (its thumbprint)


class IdentifyCaller(Frozen):
    issuer: str
    find_client: FindClient
    keys: ClientKeys
    signer: TokenSigner
    clock: Clock

    def __call__(self, traces: Traces, *, status: int) -> tuple[str, Sureness] | None:
        """A client of ours and how sure it is, or None when the request names none."""
        if traces.assertion is not None:
            return self._by_assertion(traces.assertion)
        if traces.token is not None:
            return self._by_token(traces.token, status)
        return self._by_certificate(traces.named, traces.certificate)

    def named(self, traces: Traces) -> str | None:
        """Whom the request names, as it says itself: nothing is verified, nobody is looked up."""
        try:
            if traces.assertion is not None:
                return client_assertion.claimed_client(client_assertion.read(traces.assertion)[1])
            if traces.token is not None:
                jws = compact_jws.take_apart(traces.token, longest=access_token.LONGEST)
                claimed = compact_jws.read_claims(jws, longest=access_token.LONGEST).get("client_id")
                return claimed if isinstance(claimed, str) else None
        except JwsRefused:
            return None
        return traces.named

    def _by_certificate(self, named: str | None, certificate: str | None) -> tuple[str, Sureness] | None:
        """RFC 8705 §2.2: a client may prove itself by a certificate of its key set, and then signs no assertion."""
        claimed = self.claimed(named)
        known = self.find_client(claimed[0]) if claimed is not None and certificate is not None else None
        if known is None or known.client.token_endpoint_auth_method != SELF_SIGNED:
            return claimed
        shown = (client_certificate.own(key) for key in known.keys.keys)
        if any(der is not None and client_certificate.thumbprint(der) == certificate for der in shown):
            return known.client.id, Sureness.AUTHENTICATED
        return claimed

    def _by_assertion(self, text: str) -> tuple[str, Sureness] | None:
        try:
            jws, assertion = client_assertion.read(text)
            claimed = client_assertion.claimed_client(assertion)
        except JwsRefused:
            return None
        known = self.claimed(claimed)
        if known is not None and self._holds(jws, assertion, claimed):
            return claimed, Sureness.AUTHENTICATED
        return known

    def _holds(self, jws: Jws, assertion: Assertion, client: str) -> bool:
        known = self.find_client(client)
        expected = Expected(client=client, issuer=self.issuer, now=self.clock().timestamp())
        if known is None or client_assertion.objection(assertion, expected) is not None:
            return False
        try:
            self.keys.verify(jws, known)
        except JwsRefused:
            return False
        return True

    def _by_token(self, text: str, status: int) -> tuple[str, Sureness] | None:
        """A token is its client's word only while it lives, and only where it was not what was refused."""
        try:
            jws = compact_jws.take_apart(text, longest=access_token.LONGEST)
            compact_jws.verify(jws, self.signer.key_set())
            claims = compact_jws.read_claims(jws, longest=access_token.LONGEST)
        except JwsRefused:
            return None
        kind = jws.header.get("typ")
        known = self.claimed(claims.get("client_id")) if kind == access_token.TYPE else None
        if known is not None and status != UNAUTHORISED and self._lives(claims, kind):
            return known[0], Sureness.AUTHENTICATED
        return known

    def _lives(self, claims: Mapping[str, Any], kind: object) -> bool:
        if access_token.objection_to_kind(claims, kind, issuer=self.issuer) is not None:
            return False
        token = access_token.read(claims)
        return access_token.objection(token, audiences=(self.issuer,), at=self.clock()) is None

    def claimed(self, named: object) -> tuple[str, Sureness] | None:
        """A client of ours under this name, of which nothing was proved."""
        if not isinstance(named, str) or not CLIENT.fullmatch(named) or self.find_client(named) is None:
            return None
        return named, Sureness.CLAIMED
