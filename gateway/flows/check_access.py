"""Check an access token that somebody presents: ours, alive, enough, and in the right hands.

RFC 6750, RFC 9449 §7, RFC 8705 §3.
"""

from collections.abc import Mapping

from msgspec import field
from msgspec.structs import replace

from gateway.errors import RequestRefused, StepUpRequired
from gateway.flows import prove_key
from gateway.flows.find_client import FindClient
from gateway.flows.own_tokens import OwnTokens
from gateway.flows.prove_key import KeyProof, ProveKey
from gateway.frozen import Frozen, Hidden
from gateway.oidc import access_token, base64url, step_up, token_exchange
from gateway.oidc.access_token import AccessToken
from gateway.oidc.compact_jws import JwsRefused
from gateway.oidc.grant import Grant
from gateway.oidc.step_up import Requirement
from gateway.ports.clock import Clock
from gateway.ports.vault import Vault
from gateway.ports.work import OpenWork, Work

BEARER, DPOP = "bearer", "dpop"


class Presentation(Frozen):
    """How a token came. `scheme` in lower case; `proof` is the DPoP header, `certificate` the connection's."""

    token: Hidden[str]
    scheme: str
    proof: Hidden[str | None] = None
    method: str
    path: Hidden[str]
    certificate: Hidden[str | None] = None


class Access(Frozen):
    """A token that holds now; `grant` is the person's permission behind it, None when a client acts for itself."""

    token: AccessToken
    grant: Grant | None


class Shown(Frozen):
    """A token that is ours, not over, and in the right hands; it may have been ended since."""

    token: AccessToken
    proof: KeyProof | None

    def spend(self, work: Work) -> None:
        """Use the proof up, if one was needed, as the last act of this unit. Raises RequestRefused."""
        if self.proof is None:
            return
        try:
            self.proof.spend(work)
            work.commit()
        except RequestRefused as refusal:
            raise _unauthorised(refusal) from None


class ReadToken(Frozen):
    """Read an access token of ours, whoever shows it."""

    issuer: str
    tokens: OwnTokens
    vault: Vault
    open_work: OpenWork
    clock: Clock

    def __call__(self, text: str, *, anywhere: bool = False) -> Access:
        """The token, if it holds now: for ourselves, or wherever it serves. Raises RequestRefused, `invalid_token`."""
        token = self.authentic(text, anywhere=anywhere)
        with self.open_work(write=False) as work:
            return self.living(token, work)

    def authentic(self, text: str, *, audience: str | None = None, anywhere: bool = False) -> AccessToken:
        """The token, if it is ours, for whom it should be, and not over; it may have been ended since."""
        try:
            token = self.tokens.read(text)
        except JwsRefused as wrong:
            problem = str(wrong)
            raise refused(problem if problem in access_token.OF_ANOTHER else "token_not_ours") from None
        audiences = (self.issuer, token.audience if anywhere else audience)
        if objected := access_token.objection(token, audiences=audiences, at=self.clock()):
            raise refused(objected)
        return token if token.actor is None else self._with_grant(token)

    def _with_grant(self, token: AccessToken) -> AccessToken:
        """A token that was got by exchange, with the grant that it names sealed."""
        try:
            grant = self.vault.open(base64url.decode(token.grant or ""), context=token_exchange.GRANT)
        except ValueError:
            raise refused("token_not_ours") from None
        return replace(token, grant=grant.decode())

    def living(self, token: AccessToken, work: Work) -> Access:
        """The same with the grant behind it, if nobody ended either."""
        if token.grant is None:
            grant, alive = None, not work.grants.is_revoked(token.id)
        else:
            grant = work.grants.live(token.grant, token=token.id, at=self.clock())
            alive = grant is not None
        if not alive:
            raise refused("token_ended")
        return Access(token=token, grant=grant)


class CheckAccess(Frozen):
    """Read a token and check that the one who presents it may use it here.

    `required` says by scope how a person must have signed in for it.
    """

    read: ReadToken
    find_client: FindClient
    prove_key: ProveKey
    open_work: OpenWork
    required: Mapping[str, Requirement] = field(default_factory=dict)

    def __call__(self, presented: Presentation, *, scope: str) -> Access:
        """Raises RequestRefused: `invalid_token` or `invalid_dpop_proof` (401), `insufficient_scope` (403),
        `insufficient_user_authentication` (401).
        """
        shown = self.shown(presented)
        if self.find_client(shown.token.client) is None:  # a token of its own rests on nothing else that could end
            raise refused("token_ended")
        with self.open_work(write=shown.proof is not None) as work:
            access = self.read.living(shown.token, work)
            shown.spend(work)
        self.suffices(access, scope)
        return access

    def shown(self, presented: Presentation) -> Shown:
        """What can be said of the token before anything is looked up."""
        token = self.read.authentic(presented.token)
        if token.certificate not in (None, presented.certificate):  # RFC 8705 §3
            raise refused("token_of_another_certificate")
        return Shown(token=token, proof=self._proof(presented, token.key))

    def suffices(self, access: Access, scope: str) -> None:
        """Whether this token is enough for what it is shown for."""
        if scope not in access.token.scope:
            raise RequestRefused("scope_insufficient", code="insufficient_scope", status=403)
        required = self.required.get(scope)
        if required is not None:
            self._check_sign_in(access, required)

    def _check_sign_in(self, access: Access, required: Requirement) -> None:
        permission = None if access.grant is None else access.grant.permission
        if problem := step_up.objection(required, permission, self.read.clock()):
            raise StepUpRequired(problem, acr_values=required.acr_values, max_age=required.seconds)

    def _proof(self, presented: Presentation, key: str | None) -> KeyProof | None:
        if key is None:
            if presented.scheme != BEARER:  # RFC 9449 §7.1: DPoP needs a token that is bound
                raise refused("token_not_bound")
            return None
        if presented.scheme != DPOP:  # §7.2: a bound token is nothing by itself
            raise refused("token_needs_proof")
        try:
            proof = self.prove_key(
                presented.proof, method=presented.method, path=presented.path, access_token=presented.token
            )
            if proof is None:
                raise prove_key.refused("proof_missing")
            if proof.key != key:
                raise refused("token_of_another_key")
        except RequestRefused as refusal:
            raise _unauthorised(refusal) from None
        return proof


def _unauthorised(refusal: RequestRefused) -> RequestRefused:
    """What is `invalid_dpop_proof` (400) at the token endpoint is a challenge where a resource is asked for."""
    return RequestRefused(refusal.reason, code=refusal.code, status=401)


def refused(reason: str) -> RequestRefused:
    return RequestRefused(reason, code="invalid_token", status=401)
