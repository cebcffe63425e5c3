"""The OpenID provider: its flows over whatever ports it is given, the gateway's or a test's."""

from collections.abc import Iterable

from deploy.composing.provider_parts import ProviderParts
from deploy.serving.terms import may_wait
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
from gateway.flows.revoke import Revoke
from gateway.flows.sessions import ResidentSessions
from gateway.flows.sign_out_for import SignOutFor
from gateway.flows.userinfo import UserInfo
from gateway.frozen import Frozen
from gateway.identity.assurance import level_of
from gateway.oidc import device_code, token_exchange
from gateway.oidc.offer import Offer
from gateway.oidc.step_up import Requirement
from gateway.ports.claims import Claims, Subjects
from gateway.ports.person_steps import PersonSteps
from gateway.ports.signing import TokenSigner
from gateway.settings import StepUpSettings


class Logouts(Frozen):
    """What the rim, the pages and the worker need to end sessions."""

    sign_out: SignOutFor
    deliver: Deliver


class Provider(Frozen):
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


def provider(parts: ProviderParts, *, steps: PersonSteps, claims: Claims, subjects: Subjects) -> Provider:
    """Everything behind /oauth."""
    offer, lives, signer, open_work = parts.offer, parts.settings, parts.signer, parts.open_work
    clock, new_token = parts.clock, parts.new_token
    find_client = parts.find_client()
    client_keys = ClientKeys(
        open_work=open_work, egress=parts.egress, clock=clock, spread=new_token(), may_wait=may_wait
    )
    limit = ClientLimits(clock=clock, per_minute=lives.client_requests_per_minute, open_work=open_work)
    authenticate = AuthenticateClient(
        issuer=offer.issuer, find_client=find_client, keys=client_keys, limit=limit, clock=clock
    )
    nonces = None
    if lives.require_dpop_nonce:
        nonces = DpopNonces(vault=parts.vault, clock=clock, lifetime=lives.dpop_nonce_lifetime)
    prove_key = ProveKey(base_url=offer.issuer, clock=clock, nonces=nonces)
    read_object = ReadRequestObject(issuer=offer.issuer, keys=client_keys, clock=clock)
    read_hint = ReadHint(issuer=offer.issuer, signer=signer)
    tokens = OwnTokens(issuer=offer.issuer, signer=signer)
    read_token = ReadToken(issuer=offer.issuer, tokens=tokens, vault=parts.vault, open_work=open_work, clock=clock)
    check_access = CheckAccess(
        read=read_token,
        find_client=find_client,
        prove_key=prove_key,
        open_work=open_work,
        required=requirements(lives.step_up),
    )
    issue, refuse = parts.issue_code(), parts.refuse()
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
        vault=parts.vault,
        mint=mint,
        new_token=new_token,
        clock=clock,
        refresh_lifetime=lives.refresh_lifetime,
    )
    exchange_token = ExchangeToken(
        issuer=offer.issuer,
        open_work=open_work,
        read=read_token,
        find_client=find_client,
        claims=claims,
        subjects=subjects,
        vault=parts.vault,
        signer=signer,
        new_token=new_token,
        clock=clock,
    )
    refresh = Refresh(open_work=open_work, mint=mint, claims=claims, new_token=new_token, clock=clock)
    for_itself = ActForItself(
        offer=offer,
        open_work=open_work,
        signer=signer,
        new_token=new_token,
        clock=clock,
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
            clock=clock,
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
            clock=clock,
        ),
        answer_token_request=AnswerTokenRequest(
            authenticate=authenticate,
            prove_key=prove_key,
            kinds={
                "authorization_code": exchange,
                "client_credentials": for_itself,
                "refresh_token": refresh,
                token_exchange.GRANT_TYPE: exchange_token,
                device_code.GRANT_TYPE: RedeemDeviceCode(open_work=open_work, exchange=exchange, clock=clock),
            },
        ),
        userinfo=UserInfo(
            check=check_access, open_work=open_work, find_client=find_client, claims=claims, signer=signer, clock=clock
        ),
        introspect=Introspect(
            authenticate=authenticate,
            find_client=find_client,
            read=read_token,
            claims=claims,
            open_work=open_work,
            signer=signer,
            clock=clock,
        ),
        authorize_device=AuthorizeDevice(
            offer=offer,
            authenticate=authenticate,
            prove_key=prove_key,
            open_work=open_work,
            new_token=new_token,
            clock=clock,
            lifetime=lives.device_code_lifetime,
            interval=lives.device_poll_interval,
        ),
        revoke=Revoke(authenticate=authenticate, read=read_token, open_work=open_work, clock=clock),
        register=RegisterClient(offer=offer, open_work=open_work, new_token=new_token, clock=clock),
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
            clock=clock,
            pages_url=offer.issuer,
        ),
    )


def requirements(settings: Iterable[StepUpSettings]) -> dict[str, Requirement]:
    """How a person must have signed in, by scope."""
    return {one.scope: Requirement(level=level_of(one.acr), max_age=one.max_age) for one in settings}


def logouts(parts: ProviderParts, issuing: Provider, sessions: ResidentSessions, subjects: Subjects) -> Logouts:
    """Signing out at an agency's word, and telling agencies of it."""
    sign_out = SignOutFor(
        issuer=issuing.offer.issuer,
        find_client=issuing.find_client,
        sessions=sessions,
        signer=issuing.signer,
        vault=parts.vault,
        clock=parts.clock,
    )
    deliver = Deliver(
        issuer=issuing.offer.issuer,
        open_work=parts.open_work,
        find_client=issuing.find_client,
        subjects=subjects,
        signer=issuing.signer,
        egress=parts.egress,
        new_token=parts.new_token,
        clock=parts.clock,
    )
    return Logouts(sign_out=sign_out, deliver=deliver)
