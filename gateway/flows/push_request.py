"""Take an authorization request from a client directly, check it, and give back a reference (RFC 9126)."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta

from gateway.flows.authenticate_client import AuthenticateClient
from gateway.flows.read_hint import ReadHint
from gateway.oidc import request_checks
from gateway.oidc.offer import Offer
from gateway.ports.clock import Clock
from gateway.ports.tokens import NewToken
from gateway.ports.work import OpenWork

PREFIX = "urn:ietf:params:oauth:request_uri:"  # RFC 9126 §2.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Pushed:
    request_uri: str = field(repr=False)
    expires_in: int  # seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class PushRequest:
    offer: Offer
    authenticate: AuthenticateClient
    read_hint: ReadHint
    open_work: OpenWork
    new_token: NewToken
    clock: Clock
    lifetime: timedelta

    def __call__(self, form: Mapping[str, str]) -> Pushed:
        """The reference under which the browser may bring it. Raises RequestRefused."""
        proof = self.authenticate(form)
        reference = PREFIX + self.new_token()
        request = request_checks.read(form, proof.client, self.offer)
        request = replace(request, pushed=reference, hinted_subject=self.read_hint(form, proof.client))
        with self.open_work(write=True) as work:
            proof.spend(work)
            work.pushed_requests.keep(reference, request, expires_at=self.clock() + self.lifetime)
            work.commit()
        return Pushed(request_uri=reference, expires_in=int(self.lifetime.total_seconds()))
