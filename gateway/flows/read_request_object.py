"""Read the request that a client pushes: signed where it signs, as it stands in the form where it need not."""

from collections.abc import Mapping

from gateway.errors import RequestRefused
from gateway.flows.client_keys import ClientKeys
from gateway.flows.find_client import KnownClient
from gateway.frozen import Frozen
from gateway.oidc import compact_jws, request_object
from gateway.oidc.compact_jws import JwsRefused
from gateway.oidc.request_object import Expected
from gateway.ports.clock import Clock


class ReadRequestObject(Frozen):
    issuer: str
    keys: ClientKeys
    clock: Clock

    def __call__(self, form: Mapping[str, str], known: KnownClient) -> Mapping[str, str]:
        """The parameters of the request. Beside a signed one nothing else in the form counts (RFC 9101 §6.3)."""
        text = form.get("request")
        if text is None:
            if known.client.require_signed_request:
                raise RequestRefused("request_not_signed")
            return form
        if "request_uri" in form:  # RFC 9126 §2.1
            raise RequestRefused("request_uri_nested")
        try:
            jws = compact_jws.take_apart(text, longest=request_object.LONGEST)
            self.keys.verify(jws, known)
            made = request_object.read(jws)
        except JwsRefused as refusal:
            raise _refused(str(refusal)) from None
        expected = Expected(client=known.client.id, issuer=self.issuer, at=self.clock())
        if problem := request_object.objection(made, expected):
            raise _refused(problem)
        return request_object.parameters(made)


def _refused(reason: str) -> RequestRefused:
    return RequestRefused(reason, code="invalid_request_object")
