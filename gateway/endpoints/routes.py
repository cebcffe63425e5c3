"""Which handler answers which method and path: the provider's part of the machine rim."""

from collections.abc import Mapping
from datetime import timedelta

from gateway.endpoints import (
    authorize,
    device_authorization,
    discovery,
    introspect,
    jwks,
    logout,
    par,
    revoke,
    token,
    userinfo,
)
from gateway.endpoints import register as registering
from gateway.endpoints.authorize import CookieNames, SignInPage
from gateway.endpoints.dpop_nonce import offering
from gateway.endpoints.logout import SignOutPage
from gateway.endpoints.oauth_errors import Handler
from gateway.endpoints.vouched_certificate import Proxy, vouched
from gateway.flows.answer_token_request import AnswerTokenRequest
from gateway.flows.authorize import Authorize
from gateway.flows.authorize_device import AuthorizeDevice
from gateway.flows.dpop_nonces import DpopNonces
from gateway.flows.introspect import Introspect
from gateway.flows.push_request import PushRequest
from gateway.flows.register_client import RegisterClient
from gateway.flows.revoke import Revoke
from gateway.flows.sign_out_for import SignOutFor
from gateway.flows.userinfo import UserInfo
from gateway.frozen import Frozen
from gateway.oidc import device_code
from gateway.oidc.offer import Offer
from gateway.ports.signing import TokenSigner
from gateway.ports.tokens import NewToken

Routes = Mapping[tuple[str, str], Handler]


class ProviderFlows(Frozen):
    """What the provider's endpoints call."""

    push: PushRequest
    authorize: Authorize
    answer_token_request: AnswerTokenRequest
    userinfo: UserInfo
    introspect: Introspect
    revoke: Revoke
    authorize_device: AuthorizeDevice
    register: RegisterClient
    nonces: DpopNonces | None = None


def routes(
    flows: ProviderFlows,
    *,
    offer: Offer,
    signer: TokenSigner,
    new_token: NewToken,
    page: SignInPage,
    sign_out: SignOutFor,
    sign_out_page: SignOutPage,
    signing: list[str],
    key_set_cache: timedelta,
    proxy: Proxy | None = None,
) -> Routes:
    """The table for the rim. `signing` are the algorithms of our own keys; `page` knows where a sign-in is shown.

    `proxy` vouches for clients' certificates.
    """
    described = discovery.get(offer, signing=signing, grant_types=sorted(flows.answer_token_request.kinds))

    def proved(handler: Handler) -> Handler:
        """What every endpoint gets at which somebody proves a key, or shows a certificate."""
        return vouched(proxy, offering(flows.nonces, handler))

    told = proved(userinfo.handler(flows.userinfo))
    cookies = CookieNames.on(offer.issuer)
    return {
        ("GET", "/.well-known/openid-configuration"): described,
        ("GET", "/.well-known/oauth-authorization-server"): described,
        ("GET", "/oauth/jwks"): jwks.get(signer, cache=key_set_cache),
        ("POST", "/oauth/par"): proved(par.handler(flows.push)),
        ("GET", "/oauth/authorize"): authorize.get(flows.authorize, cookies=cookies, new_token=new_token, page=page),
        ("POST", "/oauth/authorize"): authorize.post(),
        ("GET", logout.PATH): logout.get(sign_out, cookies=cookies, page=sign_out_page),
        ("POST", logout.PATH): logout.post(sign_out),
        ("POST", "/oauth/token"): proved(token.handler(flows.answer_token_request)),
        ("GET", "/oauth/userinfo"): told,
        ("POST", "/oauth/userinfo"): told,
        ("POST", device_code.PATH): proved(device_authorization.handler(flows.authorize_device)),
        ("POST", "/oauth/introspect"): vouched(proxy, introspect.handler(flows.introspect)),
        ("POST", "/oauth/revoke"): vouched(proxy, revoke.handler(flows.revoke)),
        **registering.routes(flows.register, offer=offer),
    }
