"""Mint the tokens of a grant: the access token, and the ID token where a person signed in."""

from datetime import datetime, timedelta

from gateway.flows.answer_token_request import Tokens
from gateway.flows.own_tokens import OwnTokens
from gateway.frozen import Frozen
from gateway.identity.further import Further
from gateway.oidc import access_token, id_token
from gateway.oidc.access_token import Minting
from gateway.oidc.client import Client
from gateway.oidc.grant import Grant
from gateway.ports.claims import Claims, Subjects
from gateway.ports.signing import TokenSigner
from gateway.ports.tokens import NewToken


class MintTokens(Frozen):
    issuer: str
    signer: TokenSigner
    tokens: OwnTokens
    subjects: Subjects
    claims: Claims
    new_token: NewToken
    access_token_lifetime: timedelta
    id_token_lifetime: timedelta

    def subject(self, grant: Grant) -> str:
        """Under which name the grant's agency knows the person."""
        return self.subjects.of(grant.permission.account, grant.agency)

    def __call__(
        self,
        grant: Grant,
        client: Client,
        *,
        subject: str,
        at: datetime,
        nonce: str | None = None,
        id_token_claims: tuple[str, ...] = (),
        id_token_further: Further | None = None,
        refresh_token: str | None = None,
    ) -> Tokens:
        """Tokens from now on, bound to the grant's key; none outlives the grant."""
        permission, ends = grant.permission, min(at + self.access_token_lifetime, grant.expires_at)
        minting = Minting(id=self.new_token(), issuer=self.issuer, at=at, expires_at=ends)
        access = self.tokens.sign(access_token.for_person(grant, minting, subject=subject))
        about_person: dict[str, object] = {}
        if id_token_claims or id_token_further is not None:
            about_person = self.claims.release(
                account=permission.account,
                client=client,
                claims=id_token_claims,
                consent=permission.consent,
                further=id_token_further,
            )
        identity = id_token.claims(
            grant,
            Minting(id="", issuer=self.issuer, at=at, expires_at=at + self.id_token_lifetime),
            subject=subject,
            nonce=nonce,
            access_token=access,
            about_person=about_person,
        )
        return Tokens(
            access_token=access,
            expires_in=int((ends - at).total_seconds()),
            scope=permission.scope,
            bound=grant.key is not None,
            id_token=self.signer.sign(identity, typ=id_token.TYPE),
            refresh_token=refresh_token,
            authorization_details=permission.authorization_details,
        )
