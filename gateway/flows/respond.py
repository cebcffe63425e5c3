"""Make the answer to an authorization request: plain, or signed where the request asked for that (JARM)."""

from datetime import timedelta

from gateway.frozen import Frozen
from gateway.oidc.authorization_request import AuthorizationRequest
from gateway.oidc.authorization_response import CARRIERS, SIGNED_TYPE, AuthorizationResponse, Parameters
from gateway.ports.clock import Clock
from gateway.ports.signing import TokenSigner

LIFETIME = timedelta(minutes=5)  # JARM §2.1: at most ten


class Respond(Frozen):
    issuer: str
    signer: TokenSigner
    clock: Clock

    def __call__(self, request: AuthorizationRequest, **answer: str) -> AuthorizationResponse:
        """The answer to this request, with its `state` and our `iss` (RFC 9207)."""
        return self.to(
            client=request.client,
            redirect_uri=request.redirect_uri,
            mode=request.response_mode,
            state=request.state,
            **answer,
        )

    def to(
        self, *, client: str, redirect_uri: str, mode: str, state: str | None, **answer: str
    ) -> AuthorizationResponse:
        """The answer to a request that could not be read whole."""
        parameters: Parameters = (*answer.items(), *((("state", state),) if state is not None else ()))
        parameters = (*parameters, ("iss", self.issuer))
        carrier = CARRIERS.get(mode)
        if carrier is not None:
            ends = int((self.clock() + LIFETIME).timestamp())
            claims = dict(parameters) | {"iss": self.issuer, "aud": client, "exp": ends}
            parameters, mode = (("response", self.signer.sign(claims, typ=SIGNED_TYPE)),), carrier
        return AuthorizationResponse(redirect_uri=redirect_uri, mode=mode, parameters=parameters)
