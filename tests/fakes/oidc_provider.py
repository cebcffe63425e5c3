"""The OpenID provider put together over whatever ports a test gives it, as deploy/composing does over the real ones."""

from dataclasses import dataclass

from gateway.endpoints.authorize import SignInPage
from gateway.endpoints.routes import ProviderFlows, Routes, routes
from gateway.endpoints.vouched_certificate import Proxy
from gateway.flows.act_for_itself import ActForItself
from gateway.flows.answer_token_request import AnswerTokenRequest
from gateway.flows.authenticate_client import AuthenticateClient
from gateway.flows.authorize import Authorize
from gateway.flows.authorize_device import AuthorizeDevice
from gateway.flows.check_access import CheckAccess, ReadToken
from gateway.flows.client_keys import ClientKeys
from gateway.flows.client_limits import ClientLimits
from gateway.flows.deliver import Deliver
from gateway.flows.dpop_nonces import DpopNonces
from gateway.flows.exchange import Exchange
from gateway.flows.exchange_token import ExchangeToken
from gateway.flows.find_client import FindClient
from gateway.flows.introspect import Introspect
from gateway.flows.issue_code import IssueCode, Refuse
from gateway.flows.mint_tokens import MintTokens
from gateway.flows.own_tokens import OwnTokens
from gateway.flows.prove_key import ProveKey
from gateway.flows.push_request import PushRequest
from gateway.flows.read_hint import ReadHint
from gateway.flows.read_request_object import ReadRequestObject
from gateway.flows.redeem_device_code import RedeemDeviceCode
from gateway.flows.refresh import Refresh
from gateway.flows.register_client import RegisterClient
from gateway.flows.respond import Respond
from gateway.flows.revoke import Revoke
from gateway.flows.sessions import ResidentSessions
from gateway.flows.sign_out_for import SignOutFor
from gateway.flows.userinfo import UserInfo
from gateway.identity.assurance import level_of
from gateway.identity.session import Lifetime
from gateway.oidc import device_code, token_exchange
from gateway.oidc.offer import Offer
from gateway.oidc.step_up import Requirement
from gateway.ports.claims import Claims, Subjects
from gateway.ports.clock import Clock
from gateway.ports.egress import Egress
from gateway.ports.person_steps import PersonSteps
from gateway.ports.signing import TokenSigner
from gateway.ports.tokens import NewToken
from gateway.ports.vault import Vault
from gateway.ports.work import OpenWork
from gateway.settings import OidcSettings

PROXIES = ("10.0.0.0/24", "fd00::1")
SIGNING = ["ES256"]  # what ID tokens are signed with


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderParts:
    """What the provider rests on."""

    offer: Offer
    settings: OidcSettings
    open_work: OpenWork
    vault: Vault
    signer: TokenSigner
    new_token: NewToken
    clock: Clock
    egress: Egress

    def issue_code(self) -> IssueCode:
        """The flow that the person's steps end with; made first, since those steps are a part of the provider."""
        return IssueCode(
            offer=self.offer,
            respond=self.respond(),
            lifetime=self.settings.code_lifetime,
            vault=self.vault,
            new_token=self.new_token,
            clock=self.clock,
        )

    def refuse(self) -> Refuse:
        """The flow that a refusal ends with."""
        return Refuse(respond=self.respond())

    def respond(self) -> Respond:
        """Plain and signed answers."""
        return Respond(issuer=self.offer.issuer, signer=self.signer, clock=self.clock)

    def find_client(self) -> FindClient:
        """One for the whole process, since it keeps what it found."""
        return FindClient(open_work=self.open_work, clock=self.clock, recheck=self.settings.client_recheck)


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """`check_access` serves other endpoints that take our tokens (the documents API)."""

    flows: ProviderFlows
    routes: Routes
    check_access: CheckAccess
    sign_out: SignOutFor
    sessions: ResidentSessions
    deliver: Deliver


def make_provider(
    parts: ProviderParts,
    *,
    find_client: FindClient,
    steps: PersonSteps,
    claims: Claims,
    subjects: Subjects,
    page: SignInPage,
) -> Provider:
    """The provider. `page` knows where a sign-in is shown."""
    offer, settings, open_work, clock, signer = parts.offer, parts.settings, parts.open_work, parts.clock, parts.signer
    client_keys = ClientKeys(open_work=open_work, egress=parts.egress, clock=clock, spread="test")
    limit = ClientLimits(clock=clock, per_minute=settings.client_requests_per_minute, open_work=open_work)
    authenticate = AuthenticateClient(
        issuer=offer.issuer, find_client=find_client, keys=client_keys, limit=limit, clock=clock
    )
    nonces = None
    if settings.require_dpop_nonce:
        nonces = DpopNonces(vault=parts.vault, clock=clock, lifetime=settings.dpop_nonce_lifetime)
    prove_key = ProveKey(base_url=offer.issuer, clock=clock, nonces=nonces)
    read_object = ReadRequestObject(issuer=offer.issuer, keys=client_keys, clock=clock)
    read_hint = ReadHint(issuer=offer.issuer, signer=signer)
    tokens = OwnTokens(signer=signer)
    read_token = ReadToken(issuer=offer.issuer, tokens=tokens, open_work=open_work, clock=clock)
    required: dict[str, Requirement] = {
        one.scope: Requirement(level=level_of(one.acr), max_age=one.max_age) for one in settings.step_up
    }
    check_access = CheckAccess(read=read_token, prove_key=prove_key, open_work=open_work, required=required)
    mint = MintTokens(
        issuer=offer.issuer,
        signer=signer,
        tokens=tokens,
        subjects=subjects,
        claims=claims,
        new_token=parts.new_token,
        access_token_lifetime=settings.access_token_lifetime,
        id_token_lifetime=settings.id_token_lifetime,
    )
    exchange = Exchange(
        open_work=open_work,
        vault=parts.vault,
        mint=mint,
        new_token=parts.new_token,
        clock=clock,
        refresh_lifetime=settings.refresh_lifetime,
    )
    exchange_token = ExchangeToken(
        issuer=offer.issuer,
        open_work=open_work,
        read=read_token,
        find_client=find_client,
        claims=claims,
        subjects=subjects,
        signer=signer,
        new_token=parts.new_token,
        clock=clock,
    )
    refresh = Refresh(open_work=open_work, mint=mint, claims=claims, new_token=parts.new_token, clock=clock)
    act_for_itself = ActForItself(
        offer=offer,
        open_work=open_work,
        signer=signer,
        new_token=parts.new_token,
        clock=clock,
        access_token_lifetime=settings.access_token_lifetime,
    )
    flows = ProviderFlows(
        push=PushRequest(
            offer=offer,
            authenticate=authenticate,
            prove_key=prove_key,
            read_object=read_object,
            read_hint=read_hint,
            open_work=open_work,
            new_token=parts.new_token,
            clock=clock,
            lifetime=settings.request_lifetime,
        ),
        authorize=Authorize(
            offer=offer,
            find_client=find_client,
            read_object=read_object,
            read_hint=read_hint,
            steps=steps,
            issue=parts.issue_code(),
            refuse=parts.refuse(),
            open_work=open_work,
            clock=clock,
        ),
        answer_token_request=AnswerTokenRequest(
            authenticate=authenticate,
            prove_key=prove_key,
            kinds={
                "authorization_code": exchange,
                "client_credentials": act_for_itself,
                "refresh_token": refresh,
                token_exchange.GRANT_TYPE: exchange_token,
                device_code.GRANT_TYPE: RedeemDeviceCode(open_work=open_work, exchange=exchange, clock=clock),
            },
        ),
        userinfo=UserInfo(check=check_access, find_client=find_client, claims=claims, signer=signer, clock=clock),
        introspect=Introspect(
            authenticate=authenticate,
            find_client=find_client,
            read=read_token,
            open_work=open_work,
            signer=signer,
            clock=clock,
        ),
        authorize_device=AuthorizeDevice(
            offer=offer,
            authenticate=authenticate,
            prove_key=prove_key,
            open_work=open_work,
            new_token=parts.new_token,
            clock=clock,
            lifetime=settings.device_code_lifetime,
            interval=settings.device_poll_interval,
        ),
        revoke=Revoke(authenticate=authenticate, read=read_token, open_work=open_work, clock=clock),
        register=RegisterClient(offer=offer, open_work=open_work, new_token=parts.new_token, clock=clock),
        nonces=nonces,
    )
    sessions = ResidentSessions(open_work=open_work, clock=clock, lifetime=Lifetime())
    sign_out = SignOutFor(
        issuer=offer.issuer,
        find_client=find_client,
        sessions=sessions,
        signer=signer,
        vault=parts.vault,
        clock=clock,
    )
    deliver = Deliver(
        issuer=offer.issuer,
        open_work=open_work,
        find_client=find_client,
        subjects=subjects,
        signer=signer,
        egress=parts.egress,
        new_token=parts.new_token,
        clock=clock,
    )
    table = routes(
        flows,
        offer=offer,
        signer=signer,
        new_token=parts.new_token,
        page=page,
        sign_out=sign_out,
        sign_out_page=lambda _, asked, __: f"/en/sign-out?request={asked}" if asked else "/en/?done=signed-out",
        signing=SIGNING,
        key_set_cache=settings.key_set_cache,
        proxy=Proxy.of(settings.mutual_tls, PROXIES),
    )
    return Provider(
        flows=flows, routes=table, check_access=check_access, sign_out=sign_out, sessions=sessions, deliver=deliver
    )
