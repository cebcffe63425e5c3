"""Answer the browser that brings an authorization request: at once, or after the person was asked."""

from collections.abc import Mapping
from datetime import datetime

from msgspec.structs import replace

from gateway.errors import ClientUnknown, RequestRefused
from gateway.flows.find_client import FindClient, KnownClient
from gateway.flows.issue_code import IssueCode, Refuse
from gateway.flows.push_request import PREFIX
from gateway.flows.read_hint import ReadHint
from gateway.flows.read_request_object import ReadRequestObject
from gateway.frozen import Frozen
from gateway.oidc import request_checks
from gateway.oidc.authorization_request import AuthorizationRequest
from gateway.oidc.authorization_response import AuthorizationResponse
from gateway.oidc.offer import Offer
from gateway.ports.clock import Clock
from gateway.ports.person_steps import Missing, PersonSteps, SignInStarted
from gateway.ports.work import OpenWork, Work

Parameters = Mapping[str, str]


class Interact(Frozen):
    """The person must be asked: the sign-in waits under this id."""

    sign_in: str
    locale: str | None


class Answered(Frozen):
    """Nothing to ask, or nothing may be asked: send this through the browser."""

    response: AuthorizationResponse
    reason: str = ""  # why the request was refused, where it was


class Authorize(Frozen):
    offer: Offer
    find_client: FindClient
    read_object: ReadRequestObject
    read_hint: ReadHint
    steps: PersonSteps
    issue: IssueCode
    refuse: Refuse
    open_work: OpenWork
    clock: Clock

    def __call__(self, parameters: Parameters, *, browser: str, session: str | None) -> Interact | Answered:
        """Raises ClientUnknown when there is nobody whom an answer could safely be sent to."""
        known, at = self._client(parameters), self.clock()
        reference = parameters.get("request_uri", "")
        told = None if reference.startswith(PREFIX) else self._told(parameters, known)
        if isinstance(told, Answered):
            return told
        with self.open_work(write=False) as work:
            request = told or _pushed(work, reference, known.client.id, at)
            step = self.steps.begin(request, browser=browser, session=session, work=work, at=at)
            if isinstance(step, SignInStarted):
                return Interact(sign_in=step.sign_in, locale=step.locale)
            work.begin_to_write()
            if isinstance(step, Missing):
                response = self.refuse(request, step.code, step.reason, work=work)
            else:
                response = self.issue(request, step, work=work, at=at)
            work.commit()
        return Answered(response=response)

    def _client(self, parameters: Parameters) -> KnownClient:
        name = parameters.get("client_id")
        if name is None:
            raise ClientUnknown("client_missing")
        known = self.find_client(name)
        if known is None:
            raise ClientUnknown("client_unknown")
        return known

    def _told(self, parameters: Parameters, known: KnownClient) -> AuthorizationRequest | Answered:
        """The request that these parameters make, where the client may do that; or how it is refused."""
        told = parameters
        try:
            told = self._unwrapped(parameters, known)
            return self._direct(told, known)
        except ClientUnknown:
            raise
        except RequestRefused as refusal:
            uri = request_checks.redirect_uri(told, known.client)
            return self._refusal(refusal, told, known.client.id, uri)

    def _unwrapped(self, parameters: Parameters, known: KnownClient) -> Parameters:
        """What a signed request says, from a client that need not push: nothing beside it counts (RFC 9101 §6.3)."""
        if "request" not in parameters or known.client.require_par:
            return parameters
        return self.read_object(parameters, known)

    def _direct(self, parameters: Parameters, known: KnownClient) -> AuthorizationRequest:
        client = known.client
        if client.require_par or client.require_signed_request:  # FAPI 2.0 Security Profile §5.3.2.2
            raise RequestRefused("request_not_pushed")
        if "request_uri" in parameters:  # RFC 9101: not fetched from elsewhere
            raise RequestRefused("request_uri_not_pushed", code="request_uri_not_supported")
        request = request_checks.read(parameters, client, self.offer)
        hinted = self.read_hint(parameters, client)
        return request if hinted is None else replace(request, hinted_subject=hinted)

    def _refusal(self, refusal: RequestRefused, parameters: Parameters, client: str, uri: str) -> Answered:
        state = parameters.get("state")
        readable = state is not None and request_checks.is_value(state)
        response = self.refuse.respond.to(
            client=client,
            redirect_uri=uri,
            mode=request_checks.response_mode(parameters),
            state=state if readable else None,
            error=refusal.code,
            error_description=refusal.reason,
        )
        return Answered(response=response, reason=refusal.reason)


def _pushed(work: Work, reference: str, client: str, at: datetime) -> AuthorizationRequest:
    """The request that this client pushed before."""
    request = work.pushed_requests.find(reference, at=at)
    # expired, answered, never there: nothing of it is left that could name a redirect URI
    if request is None:
        raise ClientUnknown("request_uri_unknown")
    if request.client != client:
        raise ClientUnknown("request_uri_of_another_client")
    return request
