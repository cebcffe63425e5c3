"""The OpenID provider: its flows over the world."""

from collections.abc import Iterable
from dataclasses import dataclass

from deploy import clock
from deploy.composing.world import World, new_token
from deploy.signers import TokenSigner
from gateway.endpoints.routes import ProviderFlows
from gateway.flows.act_for_itself import ActForItself
from gateway.flows.answer_token_request import AnswerTokenRequest
from gateway.flows.authenticate_client import AuthenticateClient
from gateway.flows.authorize import Authorize
from gateway.flows.authorize_device import AuthorizeDevice
from gateway.flows.check_access import CheckAccess, ReadToken
from gateway.flows.client_keys import ClientKeys
from gateway.flows.client_limits import ClientLimits
from gateway.flows.confirm_device import ConfirmDevice
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
from gateway.oidc import device_code, token_exchange
from gateway.oidc.offer import Offer
from gateway.oidc.step_up import Requirement
from gateway.ports.claims import Claims, Subjects
from gateway.ports.person_steps import PersonSteps
from gateway.ports.work import OpenWork
from gateway.settings import StepUpSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Logouts:
    """What the rim, the pages and the worker need to end sessions."""

    sign_out: SignOutFor
    deliver: Deliver


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """The parts of the provider that others need, and its flows."""

    offer: Offer
    signer: TokenSigner
    find_client: FindClient
    read_token: ReadToken
    check_access: CheckAccess
    issue: IssueCode
    refuse: Refuse
    flows: ProviderFlows
    confirm_device: ConfirmDevice


def issuing(world: World, offer: Offer) -> tuple[IssueCode, Refuse]:
    """How an authorization request is answered; the residents' flows end with these."""
    respond = Respond(issuer=offer.issuer, signer=TokenSigner(world.keys), clock=clock.now)
    issue = IssueCode(
        offer=offer,
        respond=respond,
        lifetime=world.settings.oidc.code_lifetime,
        vault=world.vault,
        new_token=new_token,
        clock=clock.now,
    )
    return issue, Refuse(respond=respond)


def provider(
    world: World, open_work: OpenWork, offer: Offer, *, steps: PersonSteps, claims: Claims, subjects: Subjects
) -> Provider:
    """Everything behind /oauth."""
    lives = world.settings.oidc
    signer = TokenSigner(world.keys)
    find_client = FindClient(open_work=open_work, clock=clock.now, recheck=lives.client_recheck)
    client_keys = ClientKeys(open_work=open_work, egress=world.egress, clock=clock.now, spread=new_token())
    limit = ClientLimits(clock=clock.now, per_minute=lives.client_requests_per_minute, open_work=open_work)
    authenticate = AuthenticateClient(
        issuer=offer.issuer, find_client=find_client, keys=client_keys, limit=limit, clock=clock.now
    )
    nonces = None
    if lives.require_dpop_nonce:
        nonces = DpopNonces(vault=world.vault, clock=clock.now, lifetime=lives.dpop_nonce_lifetime)
    prove_key = ProveKey(base_url=offer.issuer, clock=clock.now, nonces=nonces)
    read_object = ReadRequestObject(issuer=offer.issuer, keys=client_keys, clock=clock.now)
    read_hint = ReadHint(issuer=offer.issuer, signer=signer)
    tokens = OwnTokens(signer=signer)
    read_token = ReadToken(issuer=offer.issuer, tokens=tokens, open_work=open_work, clock=clock.now)
    check_access = CheckAccess(
        read=read_token, prove_key=prove_key, open_work=open_work, required=requirements(lives.step_up)
    )
    issue, refuse = issuing(world, offer)
    mint = MintTokens(
        issuer=offer.issuer,
        signer=signer,
        tokens=tokens,
        subjects=subjects,
        claims=claims,
        new_token=new_token,
        access_token_lifetime=lives.access_token_lifetime,
        id_token_lifetime=lives.id_token_lifetime,
    )
    exchange = Exchange(
        open_work=open_work,
        vault=world.vault,
        mint=mint,
        new_token=new_token,
        clock=clock.now,
        refresh_lifetime=lives.refresh_lifetime,
    )
    exchange_token = ExchangeToken(
        issuer=offer.issuer,
        open_work=open_work,
        read=read_token,
        find_client=find_client,
        claims=claims,
        subjects=subjects,
        signer=signer,
        new_token=new_token,
        clock=clock.now,
    )
    refresh = Refresh(open_work=open_work, mint=mint, claims=claims, new_token=new_token, clock=clock.now)
    for_itself = ActForItself(
        offer=offer,
        open_work=open_work,
        signer=signer,
        new_token=new_token,
        clock=clock.now,
        access_token_lifetime=lives.access_token_lifetime,
    )
    flows = ProviderFlows(
        push=PushRequest(
            offer=offer,
            authenticate=authenticate,
            prove_key=prove_key,
            read_object=read_object,
            read_hint=read_hint,
            open_work=open_work,
            new_token=new_token,
            clock=clock.now,
            lifetime=lives.request_lifetime,
        ),
        authorize=Authorize(
            offer=offer,
            find_client=find_client,
            read_object=read_object,
            read_hint=read_hint,
            steps=steps,
            issue=issue,
            refuse=refuse,
            open_work=open_work,
            clock=clock.now,
        ),
        answer_token_request=AnswerTokenRequest(
            authenticate=authenticate,
            prove_key=prove_key,
            kinds={
                "authorization_code": exchange,
                "client_credentials": for_itself,
                "refresh_token": refresh,
                token_exchange.GRANT_TYPE: exchange_token,
                device_code.GRANT_TYPE: RedeemDeviceCode(open_work=open_work, exchange=exchange, clock=clock.now),
            },
        ),
        userinfo=UserInfo(check=check_access, find_client=find_client, claims=claims, signer=signer, clock=clock.now),
        introspect=Introspect(
            authenticate=authenticate,
            find_client=find_client,
            read=read_token,
            open_work=open_work,
            signer=signer,
            clock=clock.now,
        ),
        authorize_device=AuthorizeDevice(
            offer=offer,
            authenticate=authenticate,
            prove_key=prove_key,
            open_work=open_work,
            new_token=new_token,
            clock=clock.now,
            lifetime=lives.device_code_lifetime,
            interval=lives.device_poll_interval,
        ),
        revoke=Revoke(authenticate=authenticate, read=read_token, open_work=open_work, clock=clock.now),
        register=RegisterClient(offer=offer, open_work=open_work, new_token=new_token, clock=clock.now),
        nonces=nonces,
    )
    return Provider(
        offer=offer,
        signer=signer,
        find_client=find_client,
        read_token=read_token,
        check_access=check_access,
        issue=issue,
        refuse=refuse,
        flows=flows,
        confirm_device=ConfirmDevice(
            open_work=open_work,
            find_client=find_client,
            steps=steps,
            issue=issue,
            refuse_request=refuse,
            clock=clock.now,
            pages_url=offer.issuer,
        ),
    )


def requirements(settings: Iterable[StepUpSettings]) -> dict[str, Requirement]:
    """How a person must have signed in, by scope."""
    return {one.scope: Requirement(level=level_of(one.acr), max_age=one.max_age) for one in settings}


def logouts(
    world: World, open_work: OpenWork, issuing: Provider, sessions: ResidentSessions, subjects: Subjects
) -> Logouts:
    """Signing out at an agency's word, and telling agencies of it."""
    sign_out = SignOutFor(
        issuer=issuing.offer.issuer,
        find_client=issuing.find_client,
        sessions=sessions,
        signer=issuing.signer,
        vault=world.vault,
        clock=clock.now,
    )
    deliver = Deliver(
        issuer=issuing.offer.issuer,
        open_work=open_work,
        find_client=issuing.find_client,
        subjects=subjects,
        signer=issuing.signer,
        egress=world.egress,
        new_token=new_token,
        clock=clock.now,
    )
    return Logouts(sign_out=sign_out, deliver=deliver)
