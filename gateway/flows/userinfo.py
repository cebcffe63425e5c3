"""Tell a client what the person allowed it to know, as it stands now (OIDC Core §5.3)."""

from dataclasses import dataclass

from gateway.flows.check_access import CheckAccess, Presentation, refused
from gateway.flows.find_client import FindClient
from gateway.identity.claim import CLAIMS
from gateway.ports.claims import Claims


@dataclass(frozen=True, slots=True, kw_only=True)
class UserInfo:
    check: CheckAccess
    find_client: FindClient
    claims: Claims

    def __call__(self, presented: Presentation) -> dict[str, object]:
        """Claims released anew, `sub` last. Raises RequestRefused."""
        access = self.check(presented, scope="openid")
        known = self.find_client(access.token.client)
        if access.grant is None or known is None:
            raise refused("token_without_person" if known else "token_ended")
        permission = access.grant.permission
        released: dict[str, object] = {}
        wanted = access.grant.userinfo_claims
        if access.token.scope != permission.scope:  # a refreshed token that its client wanted to be able to do less
            wanted = tuple(name for name in wanted if CLAIMS[name].scope in access.token.scope)
        if wanted:
            released = self.claims.release(
                account=permission.account,
                client=known.client,
                claims=wanted,
                consent=permission.consent,
            )
        return {**released, "sub": access.token.subject}
