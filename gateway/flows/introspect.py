"""Tell a client whether a token of its agency holds, and what it stands for (RFC 7662)."""

from collections.abc import Mapping
from dataclasses import dataclass

from gateway.errors import RequestRefused
from gateway.flows.authenticate_client import AuthenticateClient, ClientProof
from gateway.flows.check_access import Access, ReadToken
from gateway.flows.find_client import FindClient
from gateway.oidc import refresh_token
from gateway.oidc.access_token import bound_to
from gateway.oidc.client import Client
from gateway.ports.clock import Clock
from gateway.ports.signing import TokenSigner
from gateway.ports.work import OpenWork

SIGNED_TYPE = "token-introspection+jwt"
INACTIVE: Mapping[str, object] = {"active": False}


@dataclass(frozen=True, slots=True, kw_only=True)
class Introspect:
    authenticate: AuthenticateClient
    find_client: FindClient
    read: ReadToken
    open_work: OpenWork
    signer: TokenSigner
    clock: Clock

    def __call__(self, form: Mapping[str, str]) -> Mapping[str, object]:
        """The answer's members; only `active` for a token that does not hold or is not for this client to see (§4)."""
        return self._tell(form, self.authenticate(form))

    def signed(self, form: Mapping[str, str]) -> str:
        """The same, signed for this client, so that it can be shown to others later (RFC 9701 §5)."""
        proof = self.authenticate(form)
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
        with self.open_work(write=True) as work:
            proof.spend(work)
            work.commit()
        if "." not in text:
            return self._refresh_token(text, proof.client)
        try:
            access = self.read(text, audience=proof.client.id)
        except RequestRefused:
            return INACTIVE
        meant = access.token.audience == proof.client.id  # a token with which another agency calls this one
        if not meant and not self._may_see(proof.client, access.token.client):
            return INACTIVE
        return _answer(access, self.read.issuer)

    def _refresh_token(self, text: str, client: Client) -> Mapping[str, object]:
        at = self.clock()
        with self.open_work(write=False) as work:
            found = work.refresh_tokens.grant_of(text[: refresh_token.LONGEST])
            grant = None if found is None else work.grants.live(found, at=at)
        if grant is None or grant.client != client.id:
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
