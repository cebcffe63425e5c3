"""Tell a client whether a token of its agency holds, and what it stands for (RFC 7662)."""

from collections.abc import Mapping

from gateway.errors import RequestRefused
from gateway.flows.authenticate_client import AuthenticateClient, ClientProof
from gateway.flows.check_access import Access, ReadToken
from gateway.flows.find_client import FindClient
from gateway.frozen import Frozen
from gateway.oidc import refresh_token
from gateway.oidc.access_token import AccessToken, bound_to
from gateway.oidc.client import Client
from gateway.ports.claims import Claims
from gateway.ports.clock import Clock
from gateway.ports.signing import TokenSigner
from gateway.ports.work import OpenWork, Work

SIGNED_TYPE = "token-introspection+jwt"
INACTIVE: Mapping[str, object] = {"active": False}


class Introspect(Frozen):
    authenticate: AuthenticateClient
    find_client: FindClient
    read: ReadToken
    claims: Claims
    open_work: OpenWork
    signer: TokenSigner
    clock: Clock

    def __call__(self, form: Mapping[str, str], *, certificate: str | None = None) -> Mapping[str, object]:
        """The answer's members; only `active` for a token that does not hold or is not for this client to see (§4)."""
        return self._tell(form, self.authenticate(form, certificate=certificate))

    def signed(self, form: Mapping[str, str], *, certificate: str | None = None) -> str:
        """The same, signed for this client, so that it can be shown to others later (RFC 9701 §5)."""
        proof = self.authenticate(form, certificate=certificate)
        told = {
            "iss": self.read.issuer,
            "aud": proof.client.id,
            "iat": int(self.clock().timestamp()),
            "token_introspection": self._tell(form, proof),
        }
        return self.signer.sign(told, typ=SIGNED_TYPE)

    def _tell(self, form: Mapping[str, str], proof: ClientProof) -> Mapping[str, object]:
        text = form.get("token")
        if text is None:
            raise RequestRefused("token_missing")
        token = self._authentic(text, proof.client)
        told = INACTIVE if token is not None or "." in text else self._refresh_token(text, proof.client)
        with self.open_work(write=True) as work:
            proof.spend(work)
            if token is not None:
                told = self._living(token, work)
            work.commit()
        return told

    def _authentic(self, text: str, client: Client) -> AccessToken | None:
        """An access token of ours that this client may see."""
        try:
            token = self.read.authentic(text, audience=client.id)
        except RequestRefused:
            return None
        if token.audience == client.id:  # a token with which another agency calls this one
            return token if self._is_still_known(token, client) else None
        return token if self._may_see(client, token.client) else None

    def _is_still_known(self, token: AccessToken, client: Client) -> bool:
        """Such a token rests on the person's consent here as much as there: it ends with either."""
        try:
            with self.open_work(write=False) as work:
                grant = self.read.living(token, work).grant
        except RequestRefused:
            return False
        return grant is not None and self.claims.may_know(account=grant.permission.account, client=client)

    def _living(self, token: AccessToken, work: Work) -> Mapping[str, object]:
        try:
            return _answer(self.read.living(token, work), self.read.issuer)
        except RequestRefused:
            return INACTIVE

    def _refresh_token(self, text: str, client: Client) -> Mapping[str, object]:
        """It holds as long as its client would get new tokens for it."""
        with self.open_work(write=False) as work:
            found = work.refresh_tokens.unused_of(text[: refresh_token.LONGEST])
            grant = None if found is None else work.grants.live(found, at=self.clock())
        if grant is None or grant.client != client.id:
            return INACTIVE
        if not self.claims.may_return(account=grant.permission.account, client=client):
            return INACTIVE
        return {
            "active": True,
            "scope": " ".join(grant.permission.scope),
            "client_id": grant.client,
            "exp": int(grant.expires_at.timestamp()),
            "iat": int(grant.issued_at.timestamp()),
            "iss": self.read.issuer,
        }

    def _may_see(self, client: Client, owner: str) -> bool:
        """Its own tokens, and those of its agency's other clients: several systems can be one agency."""
        if client.id == owner:
            return True
        known = self.find_client(owner)
        return known is not None and known.client.agency == client.agency


def _answer(access: Access, issuer: str) -> dict[str, object]:
    token = access.token
    answer: dict[str, object] = {
        "active": True,
        "scope": " ".join(token.scope),
        "client_id": token.client,
        "token_type": "DPoP" if token.key else "Bearer",
        "exp": int(token.expires_at.timestamp()),
        "iat": int(token.issued_at.timestamp()),
        "sub": token.subject,
        "aud": token.audience,
        "iss": issuer,
        "jti": token.id,
    }
    answer |= bound_to(token.key, token.certificate)  # RFC 8705 §3.2
    if token.actor is not None:
        answer["act"] = {"sub": token.actor}
    if access.grant is not None:
        permission = access.grant.permission
        answer |= {"acr": permission.acr, "auth_time": int(permission.authenticated_at.timestamp())}
        if token.authorization_details:
            answer["authorization_details"] = [dict(detail) for detail in token.authorization_details]
    return answer
