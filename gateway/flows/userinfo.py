"""Tell a client what the person allowed it to know, as it stands now (OIDC Core §5.3)."""

from dataclasses import dataclass

from gateway.flows.check_access import CheckAccess, Presentation, refused
from gateway.flows.find_client import FindClient
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
        if access.grant.userinfo_claims:
            released = self.claims.release(
                account=permission.account,
                client=known.client,
                claims=access.grant.userinfo_claims,
                consent=permission.consent,
            )
        return {**released, "sub": access.token.subject}
