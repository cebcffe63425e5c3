"""Tell a client whether a token of its agency holds, and what it stands for (RFC 7662)."""

from collections.abc import Mapping
from dataclasses import dataclass

from gateway.errors import RequestRefused
from gateway.flows.authenticate_client import AuthenticateClient
from gateway.flows.check_access import Access, ReadToken
from gateway.flows.find_client import FindClient
from gateway.oidc.client import Client
from gateway.ports.work import OpenWork

INACTIVE: Mapping[str, object] = {"active": False}


@dataclass(frozen=True, slots=True, kw_only=True)
class Introspect:
    authenticate: AuthenticateClient
    find_client: FindClient
    read: ReadToken
    open_work: OpenWork

    def __call__(self, form: Mapping[str, str]) -> Mapping[str, object]:
        """The answer's members; only `active` for a token that does not hold or is not for this client to see (§4)."""
        proof = self.authenticate(form)
        text = form.get("token")
        if text is None:
            raise RequestRefused("token_missing")
        with self.open_work(write=True) as work:
            proof.spend(work)
            work.commit()
        try:
            access = self.read(text)
        except RequestRefused:
            return INACTIVE
        return _answer(access) if self._may_see(proof.client, access.token.client) else INACTIVE

    def _may_see(self, client: Client, owner: str) -> bool:
        """Its own tokens, and those of its agency's other clients: several systems can be one agency."""
        if client.id == owner:
            return True
        known = self.find_client(owner)
        return known is not None and known.client.agency == client.agency


def _answer(access: Access) -> dict[str, object]:
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
        "iss": token.audience,
        "jti": token.id,
    }
    if token.key is not None:
        answer["cnf"] = {"jkt": token.key}
    if access.grant is not None:
        permission = access.grant.permission
        answer |= {"acr": permission.acr, "auth_time": int(permission.authenticated_at.timestamp())}
        if permission.authorization_details:
            answer["authorization_details"] = [dict(detail) for detail in permission.authorization_details]
    return answer
