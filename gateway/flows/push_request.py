"""Take an authorization request from a client directly, check it, and give back a reference (RFC 9126)."""

from collections.abc import Mapping
from datetime import timedelta

from msgspec.structs import replace

from gateway.flows import prove_key
from gateway.flows.authenticate_client import AuthenticateClient
from gateway.flows.prove_key import KeyProof, ProveKey
from gateway.flows.read_hint import ReadHint
from gateway.flows.read_request_object import ReadRequestObject
from gateway.frozen import Frozen, Hidden
from gateway.oidc import request_checks
from gateway.oidc.offer import Offer
from gateway.ports.clock import Clock
from gateway.ports.tokens import NewToken
from gateway.ports.work import OpenWork

PATH = "/oauth/par"
PREFIX = "urn:ietf:params:oauth:request_uri:"  # RFC 9126 §2.2


class Pushed(Frozen):
    request_uri: Hidden[str]
    expires_in: int  # seconds


class PushRequest(Frozen):
    offer: Offer
    authenticate: AuthenticateClient
    prove_key: ProveKey
    read_object: ReadRequestObject
    read_hint: ReadHint
    open_work: OpenWork
    new_token: NewToken
    clock: Clock
    lifetime: timedelta

    def __call__(self, form: Mapping[str, str], *, proof: str | None, certificate: str | None = None) -> Pushed:
        """The reference under which the browser may bring it. `proof` is the DPoP header, `certificate` the
        connection's. Raises RequestRefused.
        """
        client = self.authenticate(form, certificate=certificate)
        key = self.prove_key(proof, method="POST", path=PATH)
        reference = PREFIX + self.new_token()
        parameters = self.read_object(form, client.known)
        bound = _key(parameters.get("dpop_jkt"), key)
        request = request_checks.read(parameters, client.client, self.offer, pushed=reference, key=bound)
        hinted = self.read_hint(parameters, client.client)
        if hinted is not None:
            request = replace(request, hinted_subject=hinted)
        with self.open_work(write=True) as work:
            client.spend(work)
            if key is not None:
                key.spend(work)
            work.pushed_requests.keep(reference, request, expires_at=self.clock() + self.lifetime)
            work.commit()
        return Pushed(request_uri=reference, expires_in=int(self.lifetime.total_seconds()))


def _key(named: str | None, proof: KeyProof | None) -> str | None:
    """The key that the code is bound to: named in `dpop_jkt`, or proved here; the same if both (RFC 9449 §10.1)."""
    if proof is None:
        return named
    if named is not None and named != proof.key:
        raise prove_key.refused("dpop_jkt_of_another_key")
    return proof.key
