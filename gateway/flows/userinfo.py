"""Tell a client what the person allowed it to know, as it stands now (OIDC Core §5.3)."""

from collections.abc import Mapping

from gateway.flows.check_access import Access, CheckAccess, Presentation, refused
from gateway.flows.find_client import FindClient
from gateway.frozen import Frozen, Hidden
from gateway.identity.claim import CLAIMS
from gateway.oidc.client import Client
from gateway.ports.claims import Claims
from gateway.ports.clock import Clock
from gateway.ports.signing import TokenSigner
from gateway.ports.work import OpenWork

# A name of ours: the standard gives none, and under this one it can pass for no ID token (RFC 8725 §3.11).
SIGNED_TYPE = "userinfo+jwt"


class Told(Frozen):
    """The claims, and the same signed where the client wants it so."""

    claims: Mapping[str, object]
    signed: Hidden[str | None] = None


class UserInfo(Frozen):
    check: CheckAccess
    open_work: OpenWork
    find_client: FindClient
    claims: Claims
    signer: TokenSigner
    clock: Clock

    def __call__(self, presented: Presentation) -> Told:
        """Claims released anew, `sub` last. Raises RequestRefused."""
        shown = self.check.shown(presented)
        token = shown.token
        if token.grant is None:
            self.check(presented, scope="openid")
            raise refused("token_without_person")
        known = self.find_client(token.client)
        with self.open_work(write=shown.proof is not None) as work:
            found = work.backings.of_grant(token.grant, token=token.id, at=self.clock())
            if found is None or known is None:
                raise refused("token_ended")
            shown.spend(work)
        grant, backing = found
        self.check.suffices(Access(token=token, grant=grant), "openid")
        permission = grant.permission
        released: dict[str, object] = {}
        wanted, further, narrowed = grant.userinfo_claims, grant.userinfo_further, None
        if token.scope != permission.scope:  # a refreshed token that its client wanted to be able to do less
            narrowed = frozenset(token.scope)
            wanted = tuple(name for name in wanted if CLAIMS[name].scope in narrowed)
        if wanted or further is not None:
            released = self.claims.release(
                account=permission.account,
                client=known.client,
                claims=wanted,
                consent=permission.consent,
                further=further,
                scope=narrowed,
                backing=backing,
            )
        told = {**released, "sub": token.subject}
        return Told(claims=told, signed=self._signed(told, known.client))

    def _signed(self, told: Mapping[str, object], client: Client) -> str | None:
        """§5.3.2: `iss` and `aud` are there when it is signed; what the protocol says is written last."""
        algorithm = client.userinfo_signed_response_alg
        if algorithm is None:
            return None
        protocol = {"iss": self.check.read.issuer, "aud": client.id, "iat": int(self.clock().timestamp())}
        return self.signer.sign({**told, **protocol}, typ=SIGNED_TYPE, algorithm=algorithm)
