"""Answer a token request: who asks, with which key, for which grant (RFC 6749 §4.1.3, §4.4.2, §5)."""

from collections.abc import Callable, Mapping

from gateway.errors import RequestRefused
from gateway.flows import prove_key
from gateway.flows.authenticate_client import AuthenticateClient, ClientProof
from gateway.flows.prove_key import KeyProof, ProveKey
from gateway.frozen import Frozen, Hidden
from gateway.ports.work import Work

PATH = "/oauth/token"


class Caller(Frozen):
    """Who asks, and what the tokens are to be bound to: a key, a certificate (its thumbprint), or neither."""

    client: ClientProof
    key: KeyProof | None
    certificate: Hidden[str | None] = None

    @property
    def thumbprint(self) -> str | None:
        return self.key.key if self.key else None

    def spend(self, work: Work) -> None:
        """Use up the proofs. Raises RequestRefused when one was used before, by the commit at last."""
        self.client.spend(work)
        if self.key is not None:
            self.key.spend(work)


class Tokens(Frozen):
    """What the client gets (RFC 6749 §5.1)."""

    access_token: Hidden[str]
    expires_in: int  # seconds
    scope: tuple[str, ...]
    bound: bool  # to a key: then the type is DPoP, else Bearer (RFC 9449 §5)
    id_token: Hidden[str | None] = None
    refresh_token: Hidden[str | None] = None
    issued_token_type: str | None = None  # of an exchange (RFC 8693 §2.2.1)
    authorization_details: Hidden[tuple[Mapping[str, object], ...]] = ()


GrantFlow = Callable[[Mapping[str, str], Caller], Tokens]


class AnswerTokenRequest(Frozen):
    """`kinds` are the flows by grant_type; a new grant is a new line there."""

    authenticate: AuthenticateClient
    prove_key: ProveKey
    kinds: Mapping[str, GrantFlow]

    def __call__(self, form: Mapping[str, str], *, proof: str | None, certificate: str | None = None) -> Tokens:
        """`proof` is the DPoP header, `certificate` the connection's thumbprint. Raises RequestRefused."""
        asker = self.authenticate(form, certificate=certificate)
        client = asker.client
        kind = form.get("grant_type")
        if kind is None:
            raise RequestRefused("grant_type_missing")
        if kind not in self.kinds:
            raise RequestRefused("grant_type_unknown", code="unsupported_grant_type")
        if kind not in client.grant_types:
            raise RequestRefused("grant_type_not_allowed", code="unauthorized_client")
        key = self.prove_key(proof, method="POST", path=PATH)
        if key is None and client.require_dpop:
            raise prove_key.refused("proof_missing")
        bound = client.require_mtls  # a certificate that is of no consequence is none
        if bound and certificate is None:
            raise RequestRefused("certificate_missing")
        certificate = certificate if bound else None
        return self.kinds[kind](form, Caller(client=asker, key=key, certificate=certificate))
